// Sends requests from so many clients at once, or so many a second, and measures each.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { latenciesOf, type Latencies } from './latencies';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly body?: string;
}

/** Each client sends its next request when its last was answered; connections stay open. */
export async function sendFrom(
  clients: number,
  target: Target,
  requests: readonly Outgoing[],
): Promise<Latencies> {
  const sender = openSender(target, clients);
  const eachMs: number[] = [];
  const waiting = requests.values();
  const startMs = performance.now();
  async function client(): Promise<void> {
    for (const request of waiting) eachMs.push(await sender.send(request));
  }
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - startMs) / 1000;
  await sender.close();
  return latenciesOf(eachMs, seconds);
}

/** One every so often, whether or not the last was answered. */
export async function sendAtRate(
  perSecond: number,
  target: Target,
  requests: readonly Outgoing[],
  onSend: (place: number) => void = () => undefined,
): Promise<Latencies> {
  const sender = openSender(target, 20);
  const startMs = performance.now();
  const sent: Promise<number>[] = [];
  for (const [place, request] of requests.entries()) {
    await sleep(Math.max(0, startMs + (place * 1000) / perSecond - performance.now()));
    onSend(place);
    sent.push(sender.send(request));
  }
  const eachMs = await Promise.all(sent);
  const seconds = (performance.now() - startMs) / 1000;
  await sender.close();
  return latenciesOf(eachMs, seconds);
}

function openSender({ url, headers }: Target, connections: number) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  return {
    /** Answers how many ms it took; throws when the answer is no success. */
    send: async ({ method, path, body }: Outgoing): Promise<number> => {
      const atMs = performance.now();
      const answer = await pool.request({
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      return performance.now() - atMs;
    },
    close: () => pool.close(),
  };
}
