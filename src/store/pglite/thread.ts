// The thread that PGlite runs in: it takes requests of the PostgreSQL protocol and answers each, in their order.
// A statement holds up this thread alone, so that pushes are answered meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { required } from '../../domain/required';
import { messageOf } from '../../system-error';
import type { ThreadAnswer, ThreadRequest } from './messages';

const port = required(parentPort, 'the port of the thread that started PGlite');

async function main(): Promise<void> {
  const db = await PGlite.create(String(workerData));
  let last = Promise.resolve();
  port.on('message', (request: ThreadRequest) => {
    last = last.then(async () => {
      port.postMessage(await answer(db, request));
      if (request.kind === 'close') port.close();
    });
  });
}

/** Rejects only when PGlite itself has broken, which ends the process. */
async function answer(db: PGlite, request: ThreadRequest): Promise<ThreadAnswer> {
  switch (request.kind) {
    case 'protocol':
      return { bytes: await db.execProtocolRaw(request.bytes) };
    case 'reset':
      // The last connection may end after the server.
      if (db.closed) return { bytes: null };
      await db.exec('rollback');
      await db.exec('discard all');
      return { bytes: null };
    case 'close':
      await db.close();
      return { bytes: null };
  }
}

main().then(
  () => {
    port.postMessage({ bytes: null } satisfies ThreadAnswer);
  },
  (error: unknown) => {
    port.postMessage({
      error: messageOf(error),
    } satisfies ThreadAnswer);
    port.close();
  },
);
