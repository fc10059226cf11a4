// A source's books: what came, what became of it, what is missing, and in one sentence whether it is complete.
// Never fails because of Temporal: it says then that it does not know how far pulling is.
import { BridgeUnavailable } from '../control/ask';
import { mayCome, type Gap, type Pulling, type Reconciled } from '../domain/books';
import { judge } from '../domain/reconciliation';
import type { CounterName } from '../store/counters';
import { missingIds, readBooks, type Books, type MissingIds } from '../store/reconciliation';
import type { ApiDependencies, ApiSource } from './dependencies';
import { lateAfterMs } from './readiness';
import { pullStatusIfKnown } from './source-view';

type Parts = Pick<ApiDependencies, 'store' | 'control' | 'nowMs'>;

/** Shown at most: those that may still come first, then the newest. */
const GAPS_SHOWN = 100;
const NOTHING_MISSING: MissingIds = { gaps: [], lookedAt: null };

export async function reconciliationView({ store, control, nowMs }: Parts, source: ApiSource) {
  // In this order: what the pull has passed is committed by then, an id that is there never goes, and whatever was
  // there is in the counters.
  const pull = await pullingOf(control, source, nowMs);
  const cursor = pull?.cursor ?? null;
  const ids = { name: source.name, sharedEventIds: source.intake.sharedEventIds };
  const missing = cursor === null ? NOTHING_MISSING : await missingIds(store.db, ids, cursor);
  const books = await readBooks(store.db, source.name);
  const reconciled = reconciledOf(pull, missing, books);
  const verdict = judge(reconciled);
  const { totals } = books;
  const { lookedAt, gaps } = missing;
  return {
    source: source.name,
    pulled: reconciled.pulled,
    pushed: reconciled.pushed,
    accepted: reconciled.accepted,
    duplicates: reconciled.duplicates,
    quarantined_copies: reconciled.quarantinedCopies,
    acknowledged: totals.of('acknowledged'),
    refused: totals.of('refused'),
    delivered: totals.of('delivered'),
    ...totals.states,
    quarantined: reconciled.quarantined,
    cursor,
    looked_at: lookedAt === null ? null : { from: lookedAt.from, to: lookedAt.to },
    gaps: shownOf(gaps, pull).map((gap) => ({
      from: gap.from,
      to: gap.to,
      age_seconds: gap.ageMs === null ? null : Math.round(gap.ageMs / 1000),
      kind: kindOf(gap, pull),
    })),
    gap_count: gaps.length,
    complete: verdict.complete,
    complete_up_to: verdict.completeUpTo,
    verdict: verdict.text,
    findings: verdict.findings,
  };
}

function reconciledOf(pull: Pulling | null, { gaps, lookedAt }: MissingIds, books: Books): Reconciled {
  const { states } = books.totals;
  const of = (name: CounterName) => books.totals.of(name);
  const isCut = lookedAt !== null && lookedAt.from > 1 && lookedAt.ageMs !== null;
  return {
    pull,
    pulled: of('pulled'),
    pushed: of('pushed'),
    accepted: of('accepted'),
    duplicates: of('duplicates'),
    quarantinedCopies: of('quarantined_copies'),
    waiting: states.pending + states.processing + states.delivering,
    deadLetters: states.dead_letter,
    ended: states.processed + states.discarded,
    quarantined: of('quarantined'),
    lowestOpenId: books.lowestOpenId,
    gaps,
    horizon: isCut ? { from: lookedAt.from, ageMs: lookedAt.ageMs } : null,
  };
}

async function pullingOf(
  control: ApiDependencies['control'],
  source: ApiSource,
  nowMs: () => number,
): Promise<Pulling | null> {
  if (source.pull === null) return null;
  const status = await pullStatusIfKnown(control, source);
  const isKnown = !(status instanceof BridgeUnavailable);
  const ago = (atMs: number | null) => (atMs === null ? null : Math.max(0, nowMs() - atMs));
  return {
    state: isKnown ? status.state : 'unknown',
    cursor: isKnown ? status.cursor : null,
    sweepIntervalMs: isKnown ? status.settings.sweepIntervalMs : source.pull.sweepIntervalMs,
    sweptAgoMs: isKnown ? ago(status.sweptMs ?? null) : null,
    pulledAgoMs: isKnown ? ago(status.lastSuccessMs) : null,
    lateAfterMs: lateAfterMs(source, isKnown ? status.settings.intervalMs : null),
    why: isKnown
      ? status.state === 'failing'
        ? (status.lastError?.code ?? null)
        : status.pausedReason
      : null,
  };
}

function kindOf(gap: Gap, pull: Pulling | null): 'may_come' | 'hole' | 'lost' {
  if (gap.ageMs === null) return 'lost';
  return pull !== null && mayCome(gap, pull) ? 'may_come' : 'hole';
}

function shownOf(gaps: readonly Gap[], pull: Pulling | null): readonly Gap[] {
  const isHole = (gap: Gap) => Number(kindOf(gap, pull) === 'hole');
  return gaps
    .toSorted((a, b) => isHole(a) - isHole(b) || b.from - a.from)
    .slice(0, GAPS_SHOWN)
    .sort((a, b) => a.from - b.from);
}
