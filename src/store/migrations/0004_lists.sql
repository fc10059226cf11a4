DROP INDEX "events_dead";--> statement-breakpoint
DROP INDEX "events_push_id";--> statement-breakpoint
DROP INDEX "events_pull_id";--> statement-breakpoint
DROP INDEX "events_record";--> statement-breakpoint
DROP INDEX "events_received";--> statement-breakpoint
CREATE INDEX "events_model" ON "events" USING btree ("model","seq");--> statement-breakpoint
CREATE INDEX "events_source" ON "events" USING btree ("source","seq");--> statement-breakpoint
CREATE INDEX "events_failed" ON "events" USING btree ("status","seq") WHERE status in ('delivering', 'dead_letter', 'discarded');--> statement-breakpoint
CREATE INDEX "events_push_id" ON "events" USING btree ("push_id","source") WHERE push_id is not null;--> statement-breakpoint
CREATE INDEX "events_pull_id" ON "events" USING btree ("pull_id","source") WHERE pull_id is not null;--> statement-breakpoint
CREATE INDEX "events_record" ON "events" USING btree ("record_id","model","seq");--> statement-breakpoint
CREATE INDEX "events_received" ON "events" USING btree ("received_at","seq");