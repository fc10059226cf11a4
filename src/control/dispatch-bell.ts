// Wakes the dispatcher, at most ten times a second. A lost ring costs a timer's length, so it never fails.
import type { Client } from '@temporalio/client';
import type { DispatchBell } from '../contracts/event-runs';
import { eventsAcceptedSignal } from '../contracts/messages';
import { DISPATCH_WORKFLOW_ID } from '../contracts/names';

const QUIET_MS = 100;

export interface StoppableBell extends DispatchBell {
  /** Waits for a signal under way; rings no more. */
  stop(): Promise<void>;
}

export function createDispatchBell(client: Client): StoppableBell {
  let awake = false;
  let timer: NodeJS.Timeout | null = null;
  let asked = false;
  let sending: Promise<void> = Promise.resolve();
  let stopped = false;

  function send(): void {
    asked = false;
    sending = client.workflow
      .getHandle(DISPATCH_WORKFLOW_ID)
      .signal(eventsAcceptedSignal)
      // The dispatcher's own timer is the net.
      .catch(() => undefined);
    timer = setTimeout(() => {
      timer = null;
      if (asked) send();
    }, QUIET_MS);
  }

  return {
    ring: () => {
      if (awake || stopped) return;
      if (timer === null) send();
      else asked = true;
    },
    setAwake: (to) => {
      awake = to;
    },
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await sending;
    },
  };
}
