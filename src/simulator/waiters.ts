// Lets a test wait for a condition instead of for a time.
// Asks only when something has happened; never polls.

interface Waiter {
  readonly holds: () => boolean;
  readonly done: () => void;
}

export class Waiters {
  private readonly waiting = new Set<Waiter>();

  /** Something has happened: those whose condition holds now go on. */
  changed(): void {
    for (const waiter of this.waiting) {
      if (waiter.holds()) waiter.done();
    }
  }

  async until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
    if (holds()) return;
    const { promise, resolve, reject } = deferred();
    const waiter = { holds, done: resolve };
    this.waiting.add(waiter);
    const timer = setTimeout(() => {
      reject(new Error(`waited ${timeoutMs} ms in vain until ${what}`));
    }, timeoutMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(waiter);
    }
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function deferred(): Deferred {
  const outside: { resolve: () => void; reject: (error: Error) => void } = { resolve: noop, reject: noop };
  const promise = new Promise<void>((resolve, reject) => {
    outside.resolve = resolve;
    outside.reject = reject;
  });
  return { promise, resolve: outside.resolve, reject: outside.reject };
}

function noop(): void {
  // Replaced before anybody can call it.
}
