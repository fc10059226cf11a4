// Changes what waits for one subscription, under the locks of the events' rows like everything else; some at a time,
// for there may be very many.
import { sql, type SQL } from 'drizzle-orm';
import type { EventState } from '../../domain/event-state';
import { anyNumber } from '../any-of';
import type { Database } from '../database';
import { lockRows } from '../events/rows';
import { withSteadyPlans } from '../steady-plans';

interface WaitingChange {
  /** Of the deliveries `d` and their events `e`. */
  readonly which: SQL;
  /** To the deliveries `d`, each with its event `e`. */
  readonly change: SQL;
}

const ROWS_AT_ONCE = 500;

/** What waits already stands in the order of its record from now on. */
export async function nameRecords(db: Database, subscriptionId: string): Promise<void> {
  const which = sql`d.record is null`;
  const change = sql`record = e.source || ' ' || e.model || '/' || e.record_id`;
  for await (const _ of changeWaiting(db, subscriptionId, { which, change }));
}

/** They are due now, whatever they waited for. Answers the workflows that have them in hand, some at a time. */
export async function* makeDue(db: Database, subscriptionId: string): AsyncGenerator<readonly string[]> {
  const change = sql`next_attempt_at = least(d.next_attempt_at, now())`;
  for await (const rows of changeWaiting(db, subscriptionId, { which: sql`true`, change }))
    yield [...new Set(rows.filter(({ status }) => status !== 'pending').map((row) => row.workflowId))];
}

interface Changed {
  readonly seq: number;
  readonly key: string;
  readonly status: EventState;
  readonly workflowId: string;
}

async function* changeWaiting(
  db: Database,
  subscriptionId: string,
  { which, change }: WaitingChange,
): AsyncGenerator<readonly Changed[]> {
  for (let after = 0; ;) {
    const from = after;
    const changed = await withSteadyPlans(db, async (tx) => {
      const { rows } = await tx.execute<Changed & Record<string, unknown>>(sql`
        select d.seq, e.key, e.status, coalesce(e.workflow_id, e.key) as "workflowId"
        from deliveries d join events e on e.seq = d.event_seq
        where d.subscription_id = ${subscriptionId} and d.state = 'waiting' and d.seq > ${from} and ${which}
        order by d.seq limit ${ROWS_AT_ONCE}`);
      await lockRows(tx, rows);
      const seqs = rows.map(({ seq }) => seq);
      // By the rows that were found: `state = 'waiting'` would let the planner go through all that wait.
      await tx.execute(sql`
        update deliveries d set ${change} from events e
        where e.seq = d.event_seq and d.state is not distinct from 'waiting' and ${which}
          and d.seq = ${anyNumber(seqs)}`);
      return rows;
    });
    const last = changed.at(-1);
    if (last === undefined) return;
    yield changed;
    after = last.seq;
  }
}
