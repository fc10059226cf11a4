// The one door. Decides for every copy, in one transaction per group: new event, copy of a known event, or
// quarantine. When it returns, all is durable; when it rejects, nothing was stored and the sender must retry.
import type { Arrival, Channel } from '../domain/event';
import type { Database } from '../store/database';
import { innermostMessage, isDataError, isUniqueViolation } from '../store/errors';
import type { Accepted, ArrivalToCommit, IntakeSource } from './accepted';
import { commitArrivals } from './commit';
import { commitAllNew } from './commit-all-new';
import { createGroupCommit, type GroupCommit } from './group-commit';

export interface Intake {
  /**
   * Takes in what came together, in its order.
   * Rejects with the store's error when the store does not answer.
   *
   * @param leaseMs how long this process has to start the new events itself; null leaves them to the dispatcher
   */
  accept(
    source: IntakeSource,
    channel: Channel,
    arrivals: readonly Arrival[],
    leaseMs: number | null,
  ): Promise<readonly Accepted[]>;
}

/** Copies in one transaction: the lock is held for a fraction of a second. */
const MAX_GROUP_COPIES = 1_000;

type Submission = readonly ArrivalToCommit[];

/** @param onNew called after each commit that brought new events, before anybody is answered; must not throw */
export function createIntake(db: Database, onNew: () => void = () => undefined): Intake {
  const groups = new Map<string, GroupCommit<Submission, readonly Accepted[]>>();

  function groupOf(source: IntakeSource): GroupCommit<Submission, readonly Accepted[]> {
    const known = groups.get(source.name);
    if (known !== undefined) return known;
    const made = createGroupCommit<Submission, readonly Accepted[]>(
      async (submissions) => {
        const all = await commitGroup(db, source, submissions);
        if (all.flat().some(({ kind }) => kind === 'new')) onNew();
        return all;
      },
      MAX_GROUP_COPIES,
      (submission) => submission.length,
    );
    groups.set(source.name, made);
    return made;
  }

  return {
    accept: async (source, channel, arrivals, leaseMs) =>
      arrivals.length === 0
        ? []
        : groupOf(source).add(arrivals.map((arrival) => ({ channel, arrival, leaseMs }))),
  };
}

/** One transaction for all callers; when the data of one makes it fail, one for each. */
async function commitGroup(
  db: Database,
  source: IntakeSource,
  submissions: readonly Submission[],
): Promise<readonly (readonly Accepted[])[]> {
  if (submissions.length > 1) {
    try {
      const all = await commitOnce(db, source, submissions.flat());
      let start = 0;
      return submissions.map((submission) => all.slice(start, (start += submission.length)));
    } catch (error) {
      if (!isDataError(error)) throw error;
    }
  }
  const results: (readonly Accepted[])[] = [];
  for (const submission of submissions) results.push(await commitHalving(db, source, submission));
  return results;
}

/** Halves until the culprit stands alone; that one goes to quarantine. */
async function commitHalving(
  db: Database,
  source: IntakeSource,
  submission: Submission,
): Promise<readonly Accepted[]> {
  try {
    return await commitOnce(db, source, submission);
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [first, ...others] = submission;
    if (first === undefined) return [];
    if (others.length === 0) {
      const reason = `the database refuses this event: ${innermostMessage(error)}`.replaceAll('\0', '');
      const arrival = { kind: 'unreadable' as const, reason, raw: first.arrival.raw };
      const kept = await commitOnce(db, source, [{ ...first, arrival }]);
      // It was read: whoever sent it finds it by its own id.
      const eventId = first.arrival.kind === 'event' ? first.arrival.copy.eventId : null;
      return kept.map((one) => ({ ...one, eventId }));
    }
    const middle = Math.ceil(submission.length / 2);
    return [
      ...(await commitHalving(db, source, submission.slice(0, middle))),
      ...(await commitHalving(db, source, submission.slice(middle))),
    ];
  }
}

async function commitOnce(
  db: Database,
  source: IntakeSource,
  arrivals: readonly ArrivalToCommit[],
): Promise<readonly Accepted[]> {
  // A push is mostly the first that is heard of an event; what is pulled was mostly pushed before.
  const isPushed = arrivals.every(({ channel }) => channel === 'push');
  const ways = [
    () =>
      isPushed ? commitAllNew(db, source, arrivals) : commitArrivals(db, source, arrivals, 'likely free'),
    () => commitArrivals(db, source, arrivals, 'looked up'),
  ];
  for (const commit of ways) {
    try {
      const accepted = await commit();
      if (accepted !== null) return accepted;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }
  // Another source gave a key of ours in the same moment: this time it is seen to be taken.
  return commitArrivals(db, source, arrivals, 'looked up');
}
