// The yardstick of a backlog: what any deliverer must do at the least, a signed post and an update for each event.
import { Pool } from 'undici';
import { z } from 'zod';
import { webhookBody } from '../../src/channels/webhook/body';
import { newWebhookSecret, signedHeaders } from '../../src/channels/webhook/signature';
import { openPlainStore, storeLocation, type PlainStore } from './plain-store';
import { PushBodies } from './push-bodies';
import { serve } from './serve';

const CONNECTIONS = 24;
const INSERT = 'insert into plain (event_id, payload) values ($1, $2)';
const UPDATE = `update plain set status = 'processed' where id = $1`;

const opened = z.object({ location: storeLocation, rows: z.int().positive(), seed: z.int() });
const delivered = z.object({ url: z.string(), firstRow: z.int(), count: z.int().positive() });
const payloadOf = z.object({ data: z.record(z.string(), z.json()) });

let store: PlainStore | null = null;
let bodies: readonly string[] = [];

async function open({ location, rows, seed }: z.infer<typeof opened>): Promise<object> {
  const plain = await openPlainStore(location, CONNECTIONS);
  bodies = new PushBodies(seed, null).many(1, rows).map((body, place) =>
    webhookBody({
      key: String(place + 1),
      source: 'main',
      model: 'res.partner',
      recordId: place + 1,
      operation: 'write',
      occurredAtMs: Date.now(),
      priority: 'medium',
      changedFields: null,
      user: null,
      payload: payloadOf.parse(JSON.parse(body)).data,
    }),
  );
  for (const [place, body] of bodies.entries()) await plain.run(INSERT, [String(place + 1), body]);
  store = plain;
  return {};
}

async function deliver({ url, firstRow, count }: z.infer<typeof delivered>): Promise<object> {
  const plain = store;
  if (plain === null) throw new Error('call open first');
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  const secrets = [newWebhookSecret()];
  const rows = Array.from({ length: count }, (_, place) => firstRow + place).values();
  const startMs = performance.now();
  async function connection(): Promise<void> {
    for (const row of rows) {
      const body = bodies[row - 1] ?? '';
      const headers = signedHeaders({ id: `msg_${row}`, body, secrets, atMs: Date.now() });
      const answer = await pool.request({
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      await answer.body.dump();
      await plain?.run(UPDATE, [row]);
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const perSecond = count / ((performance.now() - startMs) / 1000);
  await pool.close();
  return { perSecond };
}

serve({
  open: (input) => open(opened.parse(input)),
  deliver: (input) => deliver(delivered.parse(input)),
});
