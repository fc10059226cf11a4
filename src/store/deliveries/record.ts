// Writes what became of attempts, and what follows from it for their events. Set-wise, under the locks of the
// events' rows: which attempt was the last one of its event is decided there.
import { sql } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import type { EventState } from '../../domain/event-state';
import { standingOf } from '../../domain/run';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { lockedRounds, writeMoves, type LockedRow, type Move } from '../events/rows';
import { withSteadyPlans } from '../steady-plans';
import { deliveriesOf, type EventDelivery } from './of-events';

/** What one attempt met. */
export interface AttemptToKeep {
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly response: string | null;
  readonly errorClass: string | null;
  readonly message: string;
}

/** What the attempt means for its delivery: `waiting` names when it is tried again. */
export type DeliveryEnd =
  | { readonly state: 'sent' | 'dead' | 'discarded' }
  | { readonly state: 'waiting'; readonly afterMs: number }
  /** Its destination takes no first try now: it waits, and its event counts as tried. */
  | { readonly state: 'put-off' };

export interface AttemptResult {
  readonly key: string;
  readonly runId: string;
  readonly id: string;
  /** Null when none was made: the subscription was deleted or disabled before. */
  readonly attempt: AttemptToKeep | null;
  readonly end: DeliveryEnd;
}

/**
 * `state`: the delivery's now; it had an end already where a twin of this attempt, or a person, was quicker.
 * `older`: a newer run has the event; the attempt is kept, and changes nothing else.
 */
export type Recorded =
  | { readonly kind: 'recorded'; readonly status: EventState; readonly state: DeliveryState }
  | { readonly kind: 'older' };

export async function recordAttempts(
  db: Database,
  results: readonly AttemptResult[],
): Promise<readonly Recorded[]> {
  return withSteadyPlans(db, async (tx) => {
    const answers = new Map<AttemptResult, Recorded>();
    const tally = new CounterTally();
    for await (const { distinct: round, rows } of lockedRounds(tx, results)) {
      const mine = round.filter(({ key, runId }) => {
        const row = rows.get(key);
        return row !== undefined && standingOf(row, runId) === 'repeat';
      });
      await keepAttempts(tx, round);
      const ended = await endDeliveries(tx, mine);
      for (const result of round) {
        const row = rows.get(result.key);
        if (row !== undefined) count(tally, row.source, result, ended.has(result.id));
      }
      const known = await deliveriesOf(
        tx,
        [...rows.values()].map(({ seq }) => seq),
      );
      const moves: Move[] = [];
      for (const result of round) {
        const row = rows.get(result.key);
        if (row === undefined || !mine.includes(result)) {
          answers.set(result, { kind: 'older' });
          continue;
        }
        const deliveries = known.get(row.seq) ?? [];
        const next = stateAfter(row, deliveries);
        const state = deliveries.find(({ id }) => id === result.id)?.state ?? 'discarded';
        // Also without a move, it gets a new lease: its run lives.
        moves.push({ row, steps: next === row.status ? [] : [next] });
        answers.set(result, { kind: 'recorded', status: next, state });
      }
      await writeMoves(tx, moves, tally);
    }
    await tally.write(tx);
    return results.map((result) => answers.get(result) ?? { kind: 'older' });
  });
}

/** The end of its last delivery closes an event. */
function stateAfter(row: LockedRow, deliveries: readonly EventDelivery[]): EventState {
  if (row.status !== 'processing' && row.status !== 'delivering') return row.status;
  if (deliveries.some(({ state }) => state === 'dead')) return 'dead_letter';
  const waiting = deliveries.filter(({ state }) => state === 'waiting');
  if (waiting.length === 0) return 'processed';
  const allTried = waiting.every(({ tries, putOff }) => tries > 0 || putOff);
  return allTried ? 'delivering' : row.status;
}

async function keepAttempts(tx: Database, results: readonly AttemptResult[]): Promise<void> {
  const rows = results.flatMap(({ id, attempt }) =>
    attempt === null
      ? []
      : [
          {
            id,
            status: attempt.status,
            duration_ms: Math.round(attempt.durationMs),
            response: attempt.response,
            error_class: attempt.errorClass,
            message: attempt.message,
          },
        ],
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    with made as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as r(
        id text, status int, duration_ms int, response text, error_class text, message text)
    ), numbered as (
      update deliveries d set attempts = d.attempts + 1 from made where d.id = made.id returning d.id, d.attempts
    )
    insert into delivery_attempts (delivery_id, number, status, duration_ms, response, error_class, message)
    select made.id, numbered.attempts, made.status, made.duration_ms, made.response, made.error_class, made.message
    from made join numbered on numbered.id = made.id`);
}

/** Answers the ids of those that came to an end, or are put off, by this. */
async function endDeliveries(tx: Database, results: readonly AttemptResult[]): Promise<ReadonlySet<string>> {
  if (results.length === 0) return new Set();
  const rows = results.map(({ id, end }) => ({
    id,
    state: end.state === 'put-off' ? 'waiting' : end.state,
    put_off: end.state === 'put-off',
    after_ms: end.state === 'waiting' ? end.afterMs : 0,
  }));
  // What was settled meanwhile, by a twin or a person, stays settled.
  const changed = await tx.execute<{ id: string }>(sql`
    update deliveries d set state = r.state, put_off = r.put_off,
      tries = d.tries + case when r.put_off then 0 else 1 end,
      next_attempt_at = case when r.state = 'waiting' then now() + r.after_ms * interval '1 ms' end,
      settled_at = case when r.state <> 'waiting' then now() end
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, state text, put_off bool, after_ms float8)
    where d.id = r.id and d.state = 'waiting'
    returning d.id`);
  return new Set(changed.rows.map(({ id }) => id));
}

function count(tally: CounterTally, source: string, { attempt, end }: AttemptResult, ended: boolean): void {
  if (attempt !== null) tally.add(source, 'delivery_attempts', 1);
  if (ended && end.state === 'sent') tally.add(source, 'delivered', 1);
  if (ended && end.state === 'dead') tally.add(source, 'dead_deliveries', 1);
}
