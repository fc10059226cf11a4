// A subscriber on a loopback socket that answers, or misbehaves, as a test asks.
// Must never look at what it receives: which answer comes is the test's decision.

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Behaviour = (response: ServerResponse) => void;

export interface Subscriber {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  readonly sockets: readonly Socket[];
  /** From now on. */
  behave(behaviour: Behaviour): void;
  closed(): Promise<void>;
}

interface Place {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

const running: (() => Promise<void>)[] = [];

/** In every suite that starts one. */
export async function stopSubscribers(): Promise<void> {
  await Promise.all(running.splice(0).map((stop) => stop()));
}

export async function startSubscriber(
  first: Behaviour,
  { host = '127.0.0.1', port: wanted = 0, tls }: Place = {},
): Promise<Subscriber> {
  let behaviour = first;
  const received: Received[] = [];
  const sockets: Socket[] = [];
  const listener: RequestListener = (request, response) => {
    void text(request).then(
      (body) => {
        const { method = '', url: path = '', headers } = request;
        received.push({ method, path, headers, body });
        behaviour(response);
      },
      () => undefined, // cut by the sender: some tests want that
    );
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.listen(wanted, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const closed = once(server, 'close');
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  running.push(stop);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    received,
    sockets,
    behave(next) {
      behaviour = next;
    },
    async closed() {
      running.splice(running.indexOf(stop), 1);
      await stop();
    },
  };
}
