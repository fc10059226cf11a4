// From the number by which the present clients know an event to its key.
import { eq } from 'drizzle-orm';
import type { Database } from '../database';
import { events } from '../schema';

/** Null when no event has it. */
export async function keyOf(db: Database, seq: number): Promise<string | null> {
  const [row] = await db.select({ key: events.key }).from(events).where(eq(events.seq, seq));
  return row?.key ?? null;
}
