// One response of Server-Sent Events: messages with their places, comments while nothing comes, and the end. Holds
// no more than one event above what the socket takes.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

export interface EventStream {
  /** Resolves when there is room for the next one, or the client is gone. */
  send(place: number, data: unknown): Promise<void>;
  /** The client takes this as its place, without an event. */
  mark(place: number): void;
  /** Something must come, so that proxies and clients know that the line stands; the place, if it moved on. */
  beat(place: number): void;
  end(): void;
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would gather what should go out at once.
  'X-Accel-Buffering': 'no',
  // So that the socket ends with the stream.
  Connection: 'close',
};
/** A client waits so long before it connects again. */
const RETRY_MS = 1_000;

export function headStream(response: ServerResponse): void {
  response.writeHead(200, HEADERS).end();
}

/** @param slowMs the socket is cut when it takes nothing for so long */
export function openEventStream(response: ServerResponse, slowMs: number): EventStream {
  let marked = -1;
  response.writeHead(200, HEADERS);
  response.setTimeout(slowMs, () => response.destroy());
  response.write(`retry: ${RETRY_MS}\n\n`);
  const mark = (place: number) => {
    marked = place;
    response.write(`id: ${place}\n\n`);
  };
  return {
    send: async (place, data) => {
      marked = place;
      if (response.write(`id: ${place}\ndata: ${JSON.stringify(data)}\n\n`) || response.destroyed) return;
      await drained(response);
    },
    mark,
    beat: (place) => {
      // What waits to be sent is sign of life enough, and the socket's clock must not begin anew.
      if (response.writableNeedDrain) return;
      if (place > marked) mark(place);
      else response.write(': nothing new\n\n');
    },
    end: () => {
      response.end(`retry: ${RETRY_MS}\n\n`);
    },
  };
}

async function drained(response: ServerResponse): Promise<void> {
  const waited = new AbortController();
  const { signal } = waited;
  // The loser's listener goes with the signal.
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(
    () => undefined,
  );
  waited.abort();
}
