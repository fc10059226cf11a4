CREATE TABLE "circuits" (
	"subscription_id" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"failing_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"open_until" timestamp (3) with time zone,
	"times_opened" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_states" (
	"user_id" bigint NOT NULL,
	"device_id" text NOT NULL,
	"app_type" text NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"last_sync_at" timestamp (3) with time zone,
	"sync_count" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "device_states_user_id_device_id_app_type_pk" PRIMARY KEY("user_id","device_id","app_type")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"message" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync_states" (
	"source" text NOT NULL,
	"model" text NOT NULL,
	"last_event_key" text NOT NULL,
	"last_occurred_at" timestamp (3) with time zone NOT NULL,
	"last_received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "sync_states_source_model_pk" PRIMARY KEY("source","model")
);
--> statement-breakpoint
ALTER TABLE "subscriptions" DROP CONSTRAINT "subscriptions_status";--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "record" text;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "previous_secret" text;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "previous_secret_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "ordered" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "coalesce" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "rate_per_second" integer;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "seeded" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "circuits" ADD CONSTRAINT "circuits_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_subscription" ON "deliveries" USING btree ("subscription_id","seq");--> statement-breakpoint
CREATE INDEX "deliveries_record" ON "deliveries" USING btree ("subscription_id","record","event_seq") WHERE state = 'waiting' and record is not null;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_status" CHECK (status in ('active', 'paused', 'disabled', 'deleted'));