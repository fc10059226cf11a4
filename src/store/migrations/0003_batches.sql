DROP INDEX "events_waiting";--> statement-breakpoint
CREATE INDEX "events_waiting_first" ON "events" USING btree ("source","priority","seq") WHERE status = 'pending' and run_ids = '{}';--> statement-breakpoint
CREATE INDEX "events_waiting_again" ON "events" USING btree ("source","priority","seq") WHERE status = 'pending' and run_ids <> '{}';