// Rings at most once in a while: what is asked for meanwhile is one more ring at its end. Never fails, and lets whoever
// rings go on first: an answer that waits is not to wait for it.
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface QuietRing {
  ring(): void;
  /** Waits for a ring under way; rings no more. */
  stop(): Promise<void>;
}

/** @param send may fail: a ring may get lost */
export function createQuietRing(send: () => Promise<unknown>, quietMs: number): QuietRing {
  let timer: NodeJS.Timeout | null = null;
  let asked = false;
  let sending: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  function sendNow(): void {
    asked = false;
    sending = nextTurn()
      .then(send)
      .catch(() => undefined);
    timer = setTimeout(() => {
      timer = null;
      if (asked) sendNow();
    }, quietMs);
  }

  return {
    ring: () => {
      if (isStopped) return;
      if (timer === null) sendNow();
      else asked = true;
    },
    stop: async () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await sending;
    },
  };
}
