// The far end of a push: an HTTP server that keeps what came.
// Never checks anything; it answers what the test says, or holds the answer back.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { Listener } from '../../src/simulator/listener';
import { Waiters } from '../../src/simulator/waiters';

export interface Received {
  readonly method: string;
  /** As spelled on the wire, without those of the connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** {} when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

const OF_THE_CONNECTION = ['host', 'connection', 'content-length'];

export class PushReceiver {
  readonly received: Received[] = [];
  connections = 0;
  /** Of the next answers; the last one stays. */
  statuses: readonly number[] = [200];
  private readonly waiters = new Waiters();
  private readonly listener: Listener;
  private held: (() => void)[] | null = null;

  constructor() {
    this.listener = new Listener(
      () =>
        createServer((incoming, response) => {
          void text(incoming).then((body) => {
            this.received.push({
              method: incoming.method ?? '',
              headers: headersIn(incoming.rawHeaders),
              text: body,
              body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
            });
            const [status = 200, ...later] = this.statuses;
            if (later.length > 0) this.statuses = later;
            const answer = (): void => {
              response.writeHead(status).end('{"success": true}');
            };
            if (this.held === null) answer();
            else this.held.push(answer);
            this.waiters.changed();
          });
        }).on('connection', () => this.connections++),
      '127.0.0.1',
      0,
    );
  }

  get url(): string {
    return `${this.listener.url}/api/v1/webhooks/receive`;
  }

  get bodies(): readonly Received['body'][] {
    return this.received.map((each) => each.body);
  }

  hold(): void {
    this.held ??= [];
  }

  release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const answer of held) answer();
  }

  async holds(count: number): Promise<void> {
    await this.waiters.until(`${count} pushes are held`, () => this.held?.length === count);
  }

  start(): Promise<void> {
    return this.listener.start();
  }

  stop(): Promise<void> {
    return this.listener.stop();
  }
}

function headersIn(raw: readonly string[]): Record<string, string> {
  const pairs = raw.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : [],
  );
  return Object.fromEntries(pairs.filter(([name]) => !OF_THE_CONNECTION.includes(name.toLowerCase())));
}
