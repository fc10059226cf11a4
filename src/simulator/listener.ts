// A server that can be down for a while and come back on the same port.
// Down means that connections are refused and open ones cut, as when Odoo's process is gone.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

export class Listener {
  private server: Server | null = null;

  constructor(
    private readonly create: () => Server,
    private readonly host: string,
    private boundPort: number,
  ) {}

  get port(): number {
    return this.boundPort;
  }

  get url(): string {
    return `http://${this.host}:${this.boundPort}`;
  }

  async start(): Promise<void> {
    if (this.server !== null) return;
    const server = this.create();
    this.server = server;
    server.listen(this.boundPort, this.host);
    try {
      await once(server, 'listening');
    } catch (error) {
      this.server = null;
      throw new Error(`the simulator cannot listen on ${this.url}; choose another port`, { cause: error });
    }
    this.boundPort = portOf(server.address());
  }

  async stop(): Promise<void> {
    const server = this.server;
    if (server === null) return;
    this.server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the simulator listens on no port');
  return address.port;
}
