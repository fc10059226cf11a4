// A small Odoo on a loopback socket that gives prepared answers, or misbehaves as a test asks.
// Must never answer by what the request says: which answer comes is the test's decision.

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Behaviour = Answer | ((response: ServerResponse, request: IncomingMessage) => void);

export interface ReplayServer {
  readonly url: string;
  readonly received: readonly Received[];
  readonly connections: () => number;
  /** From now on. */
  behave(behaviour: Behaviour): void;
  /** Resolves when the next request has arrived whole. */
  nextRequest(): Promise<unknown>;
  close(): Promise<void>;
}

export async function startReplayServer(first: Behaviour = { status: 200, body: {} }): Promise<ReplayServer> {
  let behaviour = first;
  let connections = 0;
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      if (typeof behaviour === 'function') behaviour(response, request);
      else give(response, behaviour);
      server.emit('answered');
    });
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    connections: () => connections,
    behave(next) {
      behaviour = next;
    },
    nextRequest: () => once(server, 'answered'),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function give(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(typeof body === 'string' ? body : asOdooWrites(body));
}

/** Odoo's JSON is ASCII: everything else is escaped. */
function asOdooWrites(body: unknown): string {
  return JSON.stringify(body).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
