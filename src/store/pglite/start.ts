// Starts PGlite in a thread of its own, to be used as a PostgreSQL server with one connection.
import type { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { ThreadAnswer, ThreadRequest } from './messages';
import { PgliteStream } from './stream';

interface Asker {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (error: Error) => void;
}

export interface PgliteServer {
  /** The stream of the connection: at most one at a time. */
  readonly connect: () => Duplex;
  /** Rejects nothing: what is committed is in the folder. */
  readonly close: () => Promise<void>;
}

/**
 * Should the thread break later, the process ends with its error: a new one finds all that was committed.
 *
 * @throws when the folder cannot be opened
 */
export async function startPglite(folder: string): Promise<PgliteServer> {
  const thread = new Worker(require.resolve('./thread'), { workerData: folder });
  /** Those whose answer is still to come, in the order in which it will. */
  const askers: Asker[] = [];

  async function nextAnswer(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => askers.push({ resolve, reject }));
  }
  thread.on('message', (answer: ThreadAnswer) => {
    const asker = askers.shift();
    if ('error' in answer) asker?.reject(new Error(answer.error));
    else asker?.resolve(answer.bytes);
  });

  async function ask(request: ThreadRequest): Promise<Uint8Array | null> {
    thread.postMessage(request);
    return nextAnswer();
  }

  await nextAnswer();
  return {
    connect: () => new PgliteStream(ask),
    close: async () => {
      await ask({ kind: 'close' });
    },
  };
}
