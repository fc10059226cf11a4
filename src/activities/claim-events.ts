// Claims what may start now: looks at the first in rank, and further when their records are all busy.
import { chooseRecords, recordName, type Candidate } from '../domain/dispatch-order';
import type { Database } from '../store/database';
import {
  claimHeads,
  recordsInFlight,
  sourcesWaiting,
  waitingEvents,
  type ClaimedEvent,
} from '../store/events/claim';
import { withSteadyPlans } from '../store/steady-plans';

/** Time to start what was claimed; when we die before, others may after it. */
const CLAIM_LEASE_MS = 10_000;

/** A look that is wide enough, when it found something. */
const WIDE_ROWS = 2_000;

export interface Claim {
  readonly claimed: readonly ClaimedEvent[];
  /** Whether more waits than was claimed. */
  readonly waiting: boolean;
}

export async function claimEvents(db: Database, maxInFlight: number): Promise<Claim> {
  return withSteadyPlans(db, (tx) => claimIn(tx, maxInFlight));
}

async function claimIn(db: Database, maxInFlight: number): Promise<Claim> {
  const sources = await sourcesWaiting(db);
  if (sources.length === 0) return { claimed: [], waiting: false };
  const inFlight = await recordsInFlight(db);
  const free = maxInFlight - inFlight.length;
  if (free <= 0) return { claimed: [], waiting: true };
  const busy = new Set(inFlight.map(recordName));
  // One record with a long queue may fill the first look; then the look gets wider.
  for (let limitRows = 2 * free + 50; ; limitRows *= 8) {
    const candidates: Candidate[] = [];
    let cut = false;
    for (const source of sources) {
      const waiting = await waitingEvents(db, source, limitRows);
      candidates.push(...waiting);
      cut ||= waiting.length === limitRows;
    }
    const chosen = chooseRecords(candidates, busy, free);
    // A few records may have all of a long backlog: with some to start, it is not read to its end for more.
    if (chosen.length < free && cut && (chosen.length === 0 || limitRows < WIDE_ROWS)) continue;
    const claimed = await claimHeads(db, chosen, CLAIM_LEASE_MS);
    return { claimed, waiting: cut || candidates.length > claimed.length };
  }
}
