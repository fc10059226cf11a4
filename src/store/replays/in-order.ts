// What of a page may go at once, so that no event of a record overtakes an earlier one. Under the locks of its rows.
// Of what is to start the dispatcher keeps the order; a parked run that is told begins at once, past the dispatcher.
import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { recordOf } from '../deliveries/record-of';
import type { LockedRow } from '../events/rows';

/**
 * The first ones, up to one that has to wait: a dead letter for what is before it of its record, and whatever follows
 * a dead letter for this one's run.
 *
 * @param rows in order
 */
export async function thoseInOrder(tx: Database, rows: readonly LockedRow[]): Promise<readonly LockedRow[]> {
  const held = await behindOthers(
    tx,
    rows.filter(({ status }) => status === 'dead_letter'),
  );
  const [seen, parked] = [new Set<string>(), new Set<string>()];
  const cut = rows.findIndex((row) => {
    const record = recordOf(row);
    const isParked = row.status === 'dead_letter';
    if (parked.has(record) || (isParked && (seen.has(record) || held.has(row.seq)))) return true;
    seen.add(record);
    if (isParked) parked.add(record);
    return false;
  });
  return cut === -1 ? rows : rows.slice(0, cut);
}

/** Of these, the `seq` of those with an earlier event of their record that waits for its run or is at its first try. */
async function behindOthers(tx: Database, rows: readonly LockedRow[]): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  const asked = rows.map(({ seq, source, model, recordId }) => ({ seq, source, model, record_id: recordId }));
  // The states as the partial indexes have them.
  const { rows: held } = await tx.execute<{ seq: number }>(sql`
    select r.seq from json_to_recordset(${JSON.stringify(asked)}::json) as r(
      seq bigint, source text, model text, record_id bigint)
    where exists (
      select from events e where e.status = 'pending'
        and e.source = r.source and e.model = r.model and e.record_id = r.record_id and e.seq < r.seq
    ) or exists (
      select from events e where e.status = 'processing'
        and e.source = r.source and e.model = r.model and e.record_id = r.record_id and e.seq < r.seq
    )`);
  return new Set(held.map(({ seq }) => seq));
}
