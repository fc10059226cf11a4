// Makes what waits for a subscription due: its runs need not wait for their next attempt any more. Tells no run.
import { sql } from 'drizzle-orm';
import type { Database } from '../database';

export async function makeDue(db: Database, subscriptionId: string): Promise<void> {
  await db.execute(sql`
    update deliveries set next_attempt_at = now()
    where subscription_id = ${subscriptionId} and state = 'waiting' and next_attempt_at > now()`);
}
