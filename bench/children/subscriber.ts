// A subscriber that answers at once; or, as its path says, fails the first attempts of each webhook, or never answers.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it knows of a webhook: the event's key, and when it came. */
export type OnWebhook = (key: string, atMs: number) => void;

/** @param onWebhook told of those that are taken; without it no body is parsed */
export async function startSubscriber(onWebhook: OnWebhook | null): Promise<{ readonly url: string }> {
  const tries = new Map<string, number>();
  const server = createServer((request, response) => {
    const atMs = performance.now();
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url === '/hang') return;
      const fails = mustFail(request, tries);
      response.writeHead(fails ? 500 : 204).end();
      if (!fails && onWebhook !== null) onWebhook(keyIn(Buffer.concat(parts).toString()), atMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server.address())}` };
}

/** `/fail/5` fails five times. */
function mustFail({ url = '', headers }: IncomingMessage, tries: Map<string, number>): boolean {
  const failures = Number(/^\/fail\/(\d+)/.exec(url)?.[1] ?? 0);
  if (failures === 0) return false;
  const id = `${url} ${String(headers['webhook-id'])}`;
  const tried = (tries.get(id) ?? 0) + 1;
  tries.set(id, tried);
  return tried <= failures;
}

function keyIn(body: string): string {
  return /"key":"([^"]+)"/.exec(body)?.[1] ?? '';
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
