// Subscriptions whose attempts fail, in a table of their own: what goes well writes nothing here. A row outlives a
// restart, and all processes share it.
import { sql } from 'drizzle-orm';
import { FIRST_OPEN_MS, LONGEST_OPEN_MS, PROBE_MS, type CircuitChange } from '../domain/circuit';
import type { Database } from './database';
import { withSteadyPlans } from './steady-plans';

/** Ages and waits by the database's clock. */
export interface Circuit {
  readonly subscriptionId: string;
  /** In a row. */
  readonly failures: number;
  readonly failingSinceMs: number;
  readonly failingForMs: number;
  readonly openUntilMs: number | null;
  /** Not above 0 when one attempt may probe; null while it is closed. */
  readonly openForMs: number | null;
}

/**
 * Writes what attempts found out, set-wise. Answers the circuits that got failures.
 *
 * @param openAtFailures in a row; 0 opens none
 */
export async function writeCircuits(
  db: Database,
  changes: readonly CircuitChange[],
  openAtFailures: number,
): Promise<readonly Circuit[]> {
  if (changes.length === 0) return [];
  return withSteadyPlans(
    db,
    async (tx) => {
      await close(
        tx,
        changes.filter(({ closes }) => closes),
      );
      return addFailures(
        tx,
        changes.filter(({ failures }) => failures > 0),
        openAtFailures,
      );
    },
    ONE_WRITER,
  );
}

/** Rows come and go in it, so two groups that share some could wait for each other crosswise. */
const ONE_WRITER = 'select pg_advisory_xact_lock(1785099122, 0)';

/** Whether this attempt is the one that probes: over all processes one, until it is over or lost. */
export async function takeProbe(db: Database, subscriptionId: string): Promise<boolean> {
  const { rows } = await db.execute(sql`
    update circuits set open_until = now() + ${PROBE_MS}::float8 * interval '1 ms'
    where subscription_id = ${subscriptionId} and open_until <= now() returning subscription_id`);
  return rows.length > 0;
}

/** By the id of the subscription; without those whose attempts go well. */
export async function readCircuits(
  db: Database,
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, Circuit>> {
  if (subscriptionIds.length === 0) return new Map();
  const { rows } = await db.execute<Row>(
    sql`select ${SHOWN} from circuits c where c.subscription_id = any(${listOf(subscriptionIds)})`,
  );
  return new Map(rows.map((row) => [row.subscription_id, toCircuit(row)]));
}

async function close(tx: Database, closing: readonly CircuitChange[]): Promise<void> {
  if (closing.length === 0) return;
  await tx.execute(sql`delete from circuits where subscription_id = any(${listOf(idsOf(closing))})`);
}

/** A failure that was under way when it opened keeps it open no longer; that of the probe does. */
async function addFailures(
  tx: Database,
  failed: readonly CircuitChange[],
  openAtFailures: number,
): Promise<readonly Circuit[]> {
  if (failed.length === 0) return [];
  await tx.execute(sql`
    insert into circuits (subscription_id, failures)
    select id, 0 from subscriptions where id = any(${listOf(idsOf(failed))}) order by id
    on conflict (subscription_id) do nothing`);
  const noted = JSON.stringify(
    failed.map(({ subscriptionId, failures, probeFailed }) => ({
      id: subscriptionId,
      failures,
      probe_failed: probeFailed,
    })),
  );
  const opens = sql`(${openAtFailures}::int > 0 and case when c.open_until is null
    then c.failures + r.failures >= ${openAtFailures}::int else r.probe_failed end)`;
  const longer = sql`least(${FIRST_OPEN_MS}::float8 * power(2, least(c.times_opened, 20)), ${LONGEST_OPEN_MS}::float8)`;
  const { rows } = await tx.execute<Row>(sql`
    update circuits c set failures = c.failures + r.failures,
      open_until = case when ${openAtFailures}::int = 0 then null
        when ${opens} then now() + ${longer} * interval '1 ms' else c.open_until end,
      times_opened = c.times_opened + case when ${opens} then 1 else 0 end
    from json_to_recordset(${noted}::json) as r(id text, failures int, probe_failed bool)
    where c.subscription_id = r.id returning ${SHOWN}`);
  return rows.map(toCircuit);
}

const SHOWN = sql.raw(`c.subscription_id, c.failures,
  (extract(epoch from c.failing_since) * 1000)::float8 as failing_since_ms,
  (extract(epoch from now() - c.failing_since) * 1000)::float8 as failing_for_ms,
  (extract(epoch from c.open_until) * 1000)::float8 as open_until_ms,
  (extract(epoch from c.open_until - now()) * 1000)::float8 as open_for_ms`);

interface Row extends Record<string, unknown> {
  readonly subscription_id: string;
  readonly failures: number;
  readonly failing_since_ms: number;
  readonly failing_for_ms: number;
  readonly open_until_ms: number | null;
  readonly open_for_ms: number | null;
}

function toCircuit(row: Row): Circuit {
  return {
    subscriptionId: row.subscription_id,
    failures: row.failures,
    failingSinceMs: row.failing_since_ms,
    failingForMs: row.failing_for_ms,
    openUntilMs: row.open_until_ms,
    openForMs: row.open_for_ms === null ? null : Math.round(row.open_for_ms),
  };
}

function idsOf(changes: readonly CircuitChange[]): readonly string[] {
  return changes.map(({ subscriptionId }) => subscriptionId);
}

function listOf(ids: readonly string[]) {
  return sql`array(select json_array_elements_text(${JSON.stringify(ids)}::json))`;
}
