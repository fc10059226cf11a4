// A source's books: what came, what became of it, what is missing, and in one sentence whether it is complete.
// Never fails because of Temporal: it says then that it does not know how far pulling is.
import { BridgeUnavailable } from '../control/ask';
import { isYoung, judge, type Reconciled } from '../domain/reconciliation';
import { readTotals, type CounterName } from '../store/counters';
import { lowestOpenId, missingIds, type MissingIds } from '../store/reconciliation';
import type { ApiDependencies, ApiSource } from './dependencies';
import { pullStatusIfKnown } from './source-view';

const NOTHING_MISSING: MissingIds = { gaps: [], count: 0, lookedAt: null };

export async function reconciliationView(
  { store, control }: Pick<ApiDependencies, 'store' | 'control'>,
  source: ApiSource,
) {
  // Asked first: what is accepted while the rest is read cannot be missing below it.
  const pull = source.pull === null ? null : await pullOf(control, source, source.pull);
  const cursor = pull?.cursor ?? null;
  const missing = cursor === null ? NOTHING_MISSING : await missingIds(store.db, source.name, cursor);
  const lowest = await lowestOpenId(store.db, source.name);
  const totals = await readTotals(store.db, source.name);
  const { states } = totals;
  const of = (name: CounterName) => totals.of(name);
  const reconciled: Reconciled = {
    pull,
    pulled: of('pulled'),
    pushed: of('pushed'),
    accepted: of('accepted'),
    duplicates: of('duplicates'),
    quarantinedCopies: of('quarantined_copies'),
    waiting: states.pending + states.processing + states.delivering,
    deadLetters: states.dead_letter,
    quarantined: of('quarantined'),
    lowestOpenId: lowest,
    gaps: missing.gaps,
  };
  const verdict = judge(reconciled);
  return {
    source: source.name,
    pulled: reconciled.pulled,
    pushed: reconciled.pushed,
    accepted: reconciled.accepted,
    duplicates: reconciled.duplicates,
    quarantined_copies: reconciled.quarantinedCopies,
    acknowledged: of('acknowledged'),
    refused: of('refused'),
    delivered: of('delivered'),
    ...states,
    quarantined: reconciled.quarantined,
    cursor,
    looked_at: missing.lookedAt,
    gaps: missing.gaps.map((gap) => ({
      from: gap.from,
      to: gap.to,
      age_seconds: Math.round(gap.ageMs / 1000),
      // Odoo may still fill it; afterwards it counts as a hole of Odoo's own.
      may_come: pull !== null && isYoung(gap, pull.sweepIntervalMs),
    })),
    gap_count: missing.count,
    complete: verdict.complete,
    complete_up_to: verdict.completeUpTo,
    verdict: verdict.text,
  };
}

async function pullOf(
  control: ApiDependencies['control'],
  source: ApiSource,
  configured: NonNullable<ApiSource['pull']>,
): Promise<NonNullable<Reconciled['pull']>> {
  const status = await pullStatusIfKnown(control, source);
  if (status instanceof BridgeUnavailable)
    return { state: 'unknown', cursor: null, sweepIntervalMs: configured.sweepIntervalMs };
  return {
    state: status.state,
    cursor: status.cursor,
    sweepIntervalMs: status.settings.sweepIntervalMs,
  };
}
