// Writes what became of attempts, and what follows from it for their events. Set-wise, under the locks of the
// events' rows: which attempt was the last one of its event is decided there.
import { sql } from 'drizzle-orm';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { lockRows, writeMoves } from '../events/rows';
import { withSteadyPlans } from '../steady-plans';
import { deliveriesOf } from './of-events';
import { RecordedEvent, type AttemptResult, type DeliveryChange, type Recorded } from './recorded-event';

export async function recordAttempts(
  db: Database,
  results: readonly AttemptResult[],
): Promise<readonly Recorded[]> {
  return withSteadyPlans(db, async (tx) => {
    const rows = await lockRows(tx, results);
    const seqs = [...rows.values()].map(({ seq }) => seq);
    const known = await deliveriesOf(tx, seqs);
    const tally = new CounterTally();
    const events = new Map(
      [...rows.values()].map((row) => [row.key, new RecordedEvent(row, known.get(row.seq) ?? [], tally)]),
    );
    const answers = results.map(
      (result): Recorded => events.get(result.key)?.record(result) ?? { kind: 'older' },
    );
    const recorded = [...events.values()];
    await writeDeliveries(
      tx,
      recorded.flatMap((event) => event.changes()),
    );
    await writeMoves(
      tx,
      recorded.flatMap((event) => event.move()),
      tally,
    );
    await tally.write(tx);
    return answers;
  });
}

async function writeDeliveries(tx: Database, changes: readonly DeliveryChange[]): Promise<void> {
  if (changes.length === 0) return;
  const made = changes.flatMap(({ delivery, attempts }) =>
    attempts.map(({ number, status, durationMs, response, errorClass, message }) => ({
      delivery_id: delivery.id,
      number,
      status,
      duration_ms: Math.round(durationMs),
      response,
      error_class: errorClass,
      message,
    })),
  );
  const changed = changes.map(({ delivery, attempts, end }) => ({
    id: delivery.id,
    state: delivery.state,
    attempts: delivery.attempts,
    tries: delivery.tries,
    put_off: delivery.putOff,
    tried: attempts.length > 0,
    error_class: attempts.at(-1)?.errorClass ?? null,
    // Put off, it keeps the time of its next attempt.
    ended: end !== null && end.state !== 'put-off',
    after_ms: end?.state === 'waiting' ? end.afterMs : 0,
  }));
  await tx.execute(sql`
    with kept as (
      insert into delivery_attempts (delivery_id, number, status, duration_ms, response, error_class, message)
      select * from json_to_recordset(${JSON.stringify(made)}::json) as r(
        delivery_id text, number int, status int, duration_ms int, response text, error_class text, message text)
    )
    update deliveries d set state = r.state, attempts = r.attempts, tries = r.tries, put_off = r.put_off,
      error_class = case when r.tried then r.error_class else d.error_class end,
      next_attempt_at = case when not r.ended then d.next_attempt_at
        when r.state = 'waiting' then now() + r.after_ms * interval '1 ms' end,
      settled_at = case when not r.ended then d.settled_at when r.state <> 'waiting' then now() end
    from json_to_recordset(${JSON.stringify(changed)}::json) as r(
      id text, state text, attempts int, tries int, put_off bool, tried bool, error_class text,
      ended bool, after_ms float8)
    where d.id = r.id`);
}
