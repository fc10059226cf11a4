// A TCP wire between two processes that a test can cut or stall: the other end then is away, or is slow.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Wire {
  /** host:port; the same over all cuts. */
  readonly address: string;
  /** New connections are refused, open ones break. */
  cut(): Promise<void>;
  /** Nothing gets through any more, and nobody is told. */
  stall(): void;
  /** All is well again. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function layWire(target: string): Promise<Wire> {
  const [host, targetPort] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let stalled = false;
  let server: Server | null = null;
  let port = 0;

  const open = async () => {
    server = createServer((near) => {
      const far = connect(Number(targetPort), host);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on('data', (data) => to.write(data));
        from.on('error', () => undefined);
        from.on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
        if (stalled) from.pause();
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  const cut = async () => {
    for (const socket of sockets) socket.destroy();
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server = null;
    await closed;
  };
  await open();
  return {
    address: `127.0.0.1:${port}`,
    cut,
    stall: () => {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    mend: async () => {
      stalled = false;
      for (const socket of sockets) socket.resume();
      if (server === null) await open();
    },
    close: cut,
  };
}
