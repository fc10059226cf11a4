// Wakes the dispatcher, at most ten times a second. A lost ring costs a timer's length, so it never fails.
import type { Client } from '@temporalio/client';
import type { DispatchBell } from '../contracts/event-runs';
import { eventsAcceptedSignal } from '../contracts/messages';
import { DISPATCH_WORKFLOW_ID } from '../contracts/names';
import { createQuietRing } from '../quiet-ring';

const QUIET_MS = 100;

export interface StoppableBell extends DispatchBell {
  /** Waits for a signal under way; rings no more. */
  stop(): Promise<void>;
}

export function createDispatchBell(client: Client): StoppableBell {
  let awake = false;
  const signal = createQuietRing(
    // The dispatcher's own timer is the net.
    () => client.workflow.getHandle(DISPATCH_WORKFLOW_ID).signal(eventsAcceptedSignal),
    QUIET_MS,
  );
  return {
    ring: () => {
      if (!awake) signal.ring();
    },
    setAwake: (to) => {
      awake = to;
    },
    stop: () => signal.stop(),
  };
}
