// Keeps connections to subscribers open between deliveries, for a bounded number of subscribers.
// Must never close a pool that somebody is using.

import { Pool } from 'undici';

export interface PoolLimits {
  /** Pools without a delivery under way that are kept. */
  readonly idleOrigins: number;
  readonly connectionsPerOrigin: number;
}

export interface ConnectionPools {
  /** Lends the pool of an origin for the length of `work`. */
  using<T>(origin: string, work: (pool: Pool) => Promise<T>): Promise<T>;
  /** Lends no more, and waits for what is lent. */
  close(): Promise<void>;
}

export function createConnectionPools(
  connect: Pool.Options['connect'] & {},
  { idleOrigins, connectionsPerOrigin }: PoolLimits,
): ConnectionPools {
  // The order of a Map is that of insertion: used last is last.
  const idle = new Map<string, Pool>();
  const busy = new Map<string, { readonly pool: Pool; users: number }>();
  const lent = new Set<Promise<unknown>>();
  let closed = false;

  function borrow(origin: string): Pool {
    const inUse = busy.get(origin);
    if (inUse !== undefined) {
      inUse.users += 1;
      return inUse.pool;
    }
    const pool =
      idle.get(origin) ??
      // The sender has one deadline for all; undici's own limits are about silence only.
      new Pool(origin, { connect, connections: connectionsPerOrigin, headersTimeout: 0, bodyTimeout: 0 });
    idle.delete(origin);
    busy.set(origin, { pool, users: 1 });
    return pool;
  }

  function giveBack(origin: string): void {
    const inUse = busy.get(origin);
    if (inUse === undefined) return;
    inUse.users -= 1;
    if (inUse.users > 0) return;
    busy.delete(origin);
    idle.set(origin, inUse.pool);
    trimTo(idleOrigins);
  }

  /** Not `close()`: that would wait for connections that nobody waits for any more. */
  function trimTo(limit: number): void {
    for (const [oldest, pool] of idle) {
      if (idle.size <= limit) return;
      idle.delete(oldest);
      void pool.destroy();
    }
  }

  async function using<T>(origin: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    const pool = borrow(origin);
    try {
      return await work(pool);
    } finally {
      giveBack(origin);
    }
  }

  return {
    async using(origin, work) {
      if (closed) throw new Error('bug: a delivery after the sender was closed');
      const used = using(origin, work);
      lent.add(used);
      try {
        return await used;
      } finally {
        lent.delete(used);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(lent);
      trimTo(0);
    },
  };
}
