// Says to whoever reads along that the inbox has grown, over all processes on one PostgreSQL. A ring may get lost:
// whoever listens looks by a timer, too. Never holds up who accepts, and never fails.
import { Client, type ClientConfig } from 'pg';
import { createQuietRing } from '../quiet-ring';

export interface InboxBell {
  /** To be called after a commit. */
  readonly ring: () => void;
  /** Answers how to listen no more. While nobody listens, listening costs nothing. */
  listen(onRing: () => void): () => void;
  /** Waits for a ring under way; rings no more. */
  close(): Promise<void>;
}

const CHANNEL = 'jisr_inbox';
/** So often at most the other processes are rung. */
const QUIET_MS = 50;
const CONNECT_AGAIN_MS = 1_000;

/** Within one process. */
export function createLocalBell(): InboxBell {
  const listeners = new Set<() => void>();
  return {
    ring: () => {
      for (const hear of listeners) hear();
    },
    listen: (onRing) => {
      // One of its own, so that who listens twice is heard twice.
      const hear = () => {
        onRing();
      };
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Over processes.
 *
 * @param connection of the one connection that listens, while somebody does
 * @param execute runs a statement, outside of any transaction
 */
export function createSharedBell(
  connection: ClientConfig,
  execute: (statement: string) => Promise<unknown>,
): InboxBell {
  const local = createLocalBell();
  let listening = 0;
  let stopListening: () => Promise<void> = () => Promise.resolve();
  const others = createQuietRing(() => execute(`select pg_notify('${CHANNEL}', '')`), QUIET_MS);

  return {
    ring: () => {
      local.ring();
      others.ring();
    },
    listen: (onRing) => {
      const stop = local.listen(onRing);
      if (listening === 0) stopListening = listenOn(connection, local.ring);
      listening += 1;
      return () => {
        stop();
        listening -= 1;
        if (listening === 0) void stopListening();
      };
    },
    close: async () => {
      await Promise.all([others.stop(), stopListening()]);
    },
  };
}

/** On a connection of its own, which is made again when it breaks. Answers how to end it. */
function listenOn(connection: ClientConfig, onRing: () => void): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = true;
  let end: () => Promise<void> = () => Promise.resolve();

  function open(): void {
    const client = new Client({ ...connection, application_name: 'jisr listens' });
    let isOver = false;
    end = () => client.end().catch(() => undefined);
    const over = () => {
      if (isOver) return;
      isOver = true;
      void end();
      if (isWanted) timer = setTimeout(open, CONNECT_AGAIN_MS);
    };
    client.on('error', over);
    client.on('end', over);
    client.on('notification', onRing);
    client
      .connect()
      .then(() => client.query(`listen ${CHANNEL}`))
      // For what was rung before it listened.
      .then(onRing, over);
  }

  open();
  return async () => {
    isWanted = false;
    clearTimeout(timer);
    await end();
  };
}
