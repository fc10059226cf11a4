ALTER TABLE "event_actions" ADD COLUMN "replay_id" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "raw_dropped_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "replays" ADD COLUMN "skips" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "replays" ADD COLUMN "to_tell" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "replays" ADD COLUMN "waits_for" text;--> statement-breakpoint
ALTER TABLE "replays" ADD COLUMN "state_reason" text;