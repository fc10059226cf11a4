// Somebody who subscribed: an HTTP server that keeps every webhook it is sent, and answers as it is told.
// Knows nothing of the bridge: what it has is what the verdict believes.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedWebhook {
  /** The `webhook-id`. */
  readonly id: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
  /** What it was answered; null when no answer was given. */
  status: number | null;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long it takes to answer; at once when left out. */
  readonly afterMs?: number;
}

/** `hang`: the connection stays open without an answer. */
export type Behaviour = (webhook: ReceivedWebhook) => Reply | 'hang';

export interface Subscriber {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** Those answered with 2xx. */
  taken(): readonly ReceivedWebhook[];
  /** From now on; what hangs already stays so. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export const TAKES_ALL: Behaviour = () => ({ status: 200 });

export async function startSubscriber(): Promise<Subscriber> {
  const received: ReceivedWebhook[] = [];
  let behaviour = TAKES_ALL;

  function answer(webhook: ReceivedWebhook, response: ServerResponse): void {
    received.push(webhook);
    const reply = behaviour(webhook);
    if (reply === 'hang') return;
    const write = () => {
      webhook.status = reply.status;
      response.writeHead(reply.status, { ...reply.headers }).end(`status ${reply.status}`);
    };
    if (reply.afterMs === undefined) write();
    else setTimeout(write, reply.afterMs).unref();
  }

  const server = createServer((request, response) => {
    const { headers, url: path = '/' } = request;
    text(request).then(
      (body) => {
        const id = String(headers['webhook-id'] ?? '');
        answer({ id, path, headers, body, atMs: Date.now(), status: null }, response);
      },
      // Cut off while sending: there is nobody to answer.
      () => undefined,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    received,
    taken: () => received.filter(({ status }) => status !== null && status >= 200 && status < 300),
    behave: (next) => {
      behaviour = next;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
