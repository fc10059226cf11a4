// One limit for all of an attempt, ended early by whoever asked for it.
// Must never leave a timer or a listener behind: end() belongs in a `finally`.

import { setMaxListeners } from 'node:events';

export interface Deadline {
  /** Aborted when time is up, or when the caller's signal is. */
  readonly signal: AbortSignal;
  readonly passed: () => boolean;
  /** Settles as `work` does, or fails at the abort, even when `work` does not. */
  limit<T>(work: Promise<T>): Promise<T>;
  end(): void;
}

export function startDeadline(timeoutMs: number, callers: AbortSignal | undefined): Deadline {
  const stop = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = true;
    stop.abort();
  }, timeoutMs);
  const onAbort = (): void => {
    stop.abort();
  };
  if (callers !== undefined) {
    // A batch gives one signal to all its deliveries; Node would warn of a leak from the eleventh on.
    setMaxListeners(0, callers);
    callers.addEventListener('abort', onAbort, { once: true });
  }
  return {
    signal: stop.signal,
    passed: () => passed,
    limit: (work) =>
      // undici hears of an abort only once a request has its connection: neither while it connects nor in a queue.
      new Promise((resolve, reject) => {
        stop.signal.addEventListener(
          'abort',
          () => {
            reject(new Error('given up'));
          },
          { once: true },
        );
        work.then(resolve, reject);
      }),
    end() {
      clearTimeout(timer);
      callers?.removeEventListener('abort', onAbort);
    },
  };
}
