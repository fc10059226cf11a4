CREATE TABLE "counters" (
	"source" text NOT NULL,
	"name" text NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "counters_source_name_pk" PRIMARY KEY("source","name")
);
--> statement-breakpoint
CREATE TABLE "event_copies" (
	"event_seq" bigint NOT NULL,
	"source" text NOT NULL,
	"channel" text NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"external_id" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"first_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "event_copies_event_seq_channel_fingerprint_pk" PRIMARY KEY("event_seq","channel","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"source" text NOT NULL,
	"channel" text NOT NULL,
	"push_id" text,
	"pull_id" text,
	"model" text NOT NULL,
	"record_id" bigint NOT NULL,
	"operation" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"processed_at" timestamp (3) with time zone,
	"priority" smallint NOT NULL,
	"category" text,
	"user_id" bigint,
	"user_name" text,
	"changed_fields" jsonb,
	"payload" jsonb,
	"status" text DEFAULT 'pending' NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"workflow_id" text,
	"run_ids" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "events_channel" CHECK (channel in ('push', 'pull')),
	CONSTRAINT "events_operation" CHECK (operation in ('create', 'write', 'unlink')),
	CONSTRAINT "events_status" CHECK (status in ('pending', 'processing', 'delivering', 'processed', 'dead_letter', 'discarded')),
	CONSTRAINT "events_priority" CHECK (priority in (1, 3, 5))
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"channel" text NOT NULL,
	"reason" text NOT NULL,
	"raw" "bytea" NOT NULL,
	"digest" "bytea" NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"first_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "quarantine_status" CHECK (status in ('open', 'discarded', 'retried'))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_health" (
	"source" text PRIMARY KEY NOT NULL,
	"last_success_at" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"last_error_at" timestamp (3) with time zone,
	"last_error_code" text,
	"last_error_message" text
);
--> statement-breakpoint
ALTER TABLE "event_copies" ADD CONSTRAINT "event_copies_event_seq_events_seq_fk" FOREIGN KEY ("event_seq") REFERENCES "public"."events"("seq") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_copies_fingerprint" ON "event_copies" USING btree ("source","fingerprint","occurred_at");--> statement-breakpoint
CREATE UNIQUE INDEX "events_key" ON "events" USING btree ("key");--> statement-breakpoint
CREATE INDEX "events_push_id" ON "events" USING btree ("source","push_id") WHERE push_id is not null;--> statement-breakpoint
CREATE INDEX "events_pull_id" ON "events" USING btree ("source","pull_id") WHERE pull_id is not null;--> statement-breakpoint
CREATE INDEX "events_record" ON "events" USING btree ("model","record_id","seq");--> statement-breakpoint
CREATE INDEX "events_received" ON "events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "events_waiting" ON "events" USING btree ("source","priority","seq") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "events_waiting_record" ON "events" USING btree ("source","model","record_id","seq") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "events_starting" ON "events" USING btree ("lease_until") WHERE status = 'pending' and lease_until is not null;--> statement-breakpoint
CREATE INDEX "events_in_hand" ON "events" USING btree ("status","lease_until") WHERE status in ('processing', 'delivering');--> statement-breakpoint
CREATE INDEX "events_dead" ON "events" USING btree ("seq") WHERE status = 'dead_letter';--> statement-breakpoint
CREATE UNIQUE INDEX "quarantine_digest" ON "quarantine" USING btree ("source","channel","digest");