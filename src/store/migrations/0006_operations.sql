CREATE TABLE "replays" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigserial NOT NULL,
	"act" text NOT NULL,
	"filter" jsonb NOT NULL,
	"scope" text NOT NULL,
	"subscription_id" text,
	"rate_per_second" integer NOT NULL,
	"actor" text,
	"reason" text NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"planned" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	"cursor_seq" bigint DEFAULT 0 NOT NULL,
	"done" bigint DEFAULT 0 NOT NULL,
	"skipped" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "replays_act" CHECK (act in ('replay', 'retry', 'discard')),
	CONSTRAINT "replays_scope" CHECK (scope in ('failed', 'all')),
	CONSTRAINT "replays_state" CHECK (state in ('running', 'paused', 'done', 'aborted'))
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "error_class" text;--> statement-breakpoint
ALTER TABLE "event_actions" ADD COLUMN "actor" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "payload_dropped_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "pull_id" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "settled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "settled_by" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "settled_reason" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "retried_key" text;--> statement-breakpoint
ALTER TABLE "replays" ADD CONSTRAINT "replays_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "replays_seq" ON "replays" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "deliveries_dead" ON "deliveries" USING btree ("subscription_id","error_class","event_seq") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX "quarantine_pull_id" ON "quarantine" USING btree ("pull_id","source") WHERE pull_id is not null;--> statement-breakpoint
CREATE INDEX "quarantine_open" ON "quarantine" USING btree ("id") WHERE status = 'open';--> statement-breakpoint
DO $$
DECLARE kept record;
BEGIN
	FOR kept IN SELECT "id", "raw" FROM "quarantine" WHERE "channel" = 'pull' LOOP
		BEGIN
			UPDATE "quarantine" SET "pull_id" = convert_from(kept."raw", 'UTF8')::json ->> 'id' WHERE "id" = kept."id";
		EXCEPTION WHEN OTHERS THEN
			NULL;
		END;
	END LOOP;
END $$;--> statement-breakpoint
INSERT INTO "counters" ("source", "name", "value")
	SELECT "source", 'quarantined_copies', sum(CASE WHEN "name" IN ('pulled', 'pushed') THEN "value" ELSE -"value" END)
	FROM "counters" WHERE "name" IN ('pulled', 'pushed', 'accepted', 'duplicates') GROUP BY "source"
	ON CONFLICT DO NOTHING;--> statement-breakpoint
UPDATE "deliveries" d SET "error_class" = (
	SELECT a."error_class" FROM "delivery_attempts" a WHERE a."delivery_id" = d."id" ORDER BY a."number" DESC LIMIT 1
) WHERE d."state" <> 'sent' AND d."attempts" > 0;--> statement-breakpoint
UPDATE "deliveries" SET "error_class" = 'run-ended' WHERE "state" = 'dead' AND "error_class" IS NULL;
