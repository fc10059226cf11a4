// Finds ports of this machine that nobody listens on.
// Never reserves one: whoever uses it must be ready to lose it to another process.

import { createServer, type Server } from 'node:net';

const HOST = '127.0.0.1';

export async function isPortFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === null) return false;
  await close(server);
  return true;
}

/** Different ones: they are all held until the last is found. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = await listen(0);
    if (server === null) throw new Error('this machine has no free port');
    servers.push(server);
  }
  const ports = servers.map(portOf);
  for (const server of servers) await close(server);
  return ports;
}

/** Null when the port is taken, or not ours to take. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(null);
    });
    server.listen(port, HOST, () => {
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server without a port');
  return address.port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
