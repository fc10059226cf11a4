// Drops what is older than the company wants to keep. Started by its schedule; decides nothing itself.
import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { RetentionActivities } from '../contracts/activities';
import { UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import type { RetentionCounts, RetentionInput } from '../contracts/workflows';
import { hasLongHistory } from './history';

/** A minute of small batches, so it must be seen to live. */
const { dropOld } = proxyActivities<RetentionActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '10s',
  retry: UNTIL_THE_STORE_ANSWERS,
});

/** Answers how much was dropped. */
export async function RetentionWorkflow(input: RetentionInput): Promise<RetentionCounts> {
  const { payloadDays } = input;
  let dropped: RetentionCounts = input.dropped ?? { payloads: 0, answers: 0, quarantined: 0 };
  for (let after: number | null = input.after ?? null; ;) {
    const { next, ...now } = await dropOld({ payloadDays, after });
    dropped = {
      payloads: dropped.payloads + now.payloads,
      answers: dropped.answers + now.answers,
      quarantined: dropped.quarantined + now.quarantined,
    };
    if (next === null) return dropped;
    after = next;
    if (hasLongHistory(input.maxHistoryEvents))
      await continueAsNew<typeof RetentionWorkflow>({ ...input, dropped, after });
  }
}
