// Fills an empty store with events that were processed long ago, set-wise. A process of its own, because PGlite's
// memory stays with the process that needed it.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { createLogger } from '../../src/logger';
import { openStore, type Database, type Store } from '../../src/store/database';
import { serve } from './serve';
import { storeLocation } from './plain-store';

const wanted = z.object({ location: storeLocation, rows: z.int().positive() });

/** Of one statement: what a transaction of the filling may hold. */
const ROWS_AT_ONCE = 50_000;
/** Every tenth was delivered. */
const DELIVERED_EVERY = 10;

async function fill({ location, rows }: z.infer<typeof wanted>): Promise<object> {
  if (location.engine === 'pglite') mkdirSync(dirname(location.folder), { recursive: true });
  const store = await openStore(location, createLogger({ level: 'silent' }));
  await store.db.execute(sql`
    insert into subscriptions (id, name, filter, channel, url, secret, status)
    values ('sub_filled', 'filled', '{}', 'webhook', 'http://127.0.0.1:9', '', 'deleted')`);
  for (let first = 1; first <= rows; first += ROWS_AT_ONCE)
    await insert(store.db, first, Math.min(rows, first + ROWS_AT_ONCE - 1));
  await store.db.execute(sql`
    insert into counters (source, name, value)
    select 'main', name, ${rows}::bigint from unnest(array['state:processed', 'accepted', 'pulled']) as name`);
  await settle(store);
  await store.close();
  return {};
}

/** Keys that no push and no pull of a bench has. */
async function insert(db: Database, first: number, last: number): Promise<void> {
  await db.execute(sql`
    insert into events (seq, key, source, channel, pull_id, model, record_id, operation, occurred_at, received_at,
      processed_at, priority, category, changed_fields, payload, status, workflow_id, run_ids)
    select n, 'filled-' || n, 'main', 'pull', 'filled-' || n,
      (array['res.partner', 'sale.order', 'product.template', 'mail.message'])[1 + n % 4], n, 'write',
      now() - interval '30 days' + n * interval '1 second', now() - interval '30 days' + n * interval '1 second',
      now() - interval '30 days' + n * interval '1 second', (array[1, 3, 5])[1 + n % 3], 'business', '["name"]',
      json_build_object('id', n, 'name', 'Record ' || n, 'note', repeat(md5(n::text), 8)), 'processed',
      'filled-' || n, array[md5(n::text)]
    from generate_series(${first}::bigint, ${last}::bigint) as n`);
  await db.execute(sql`
    insert into event_copies (event_seq, source, channel, fingerprint, external_id, occurred_at)
    select n, 'main', 'pull', sha256(n::text::bytea), 'filled-' || n,
      now() - interval '30 days' + n * interval '1 second'
    from generate_series(${first}::bigint, ${last}::bigint) as n`);
  await db.execute(sql`
    insert into deliveries (id, event_seq, subscription_id, state, attempts, tries, settled_at)
    select 'msg_filled_' || n, n, 'sub_filled', 'sent', 1, 1, now()
    from generate_series(${first}::bigint, ${last}::bigint) as n where n % ${DELIVERED_EVERY} = 0`);
  await db.execute(sql`
    insert into delivery_attempts (delivery_id, number, status, duration_ms, message)
    select 'msg_filled_' || n, 1, 204, 3, 'taken'
    from generate_series(${first}::bigint, ${last}::bigint) as n where n % ${DELIVERED_EVERY} = 0`);
}

/** What a server that has run for long has behind it; PGlite does nothing of the kind by itself. */
async function settle({ db, engine }: Store): Promise<void> {
  await db.execute(sql`select setval('events_seq_seq', (select max(seq) from events))`);
  if (engine === 'postgres') await db.execute(sql`analyze`);
  await db.execute(sql`checkpoint`);
}

serve({ fill: (input) => fill(wanted.parse(input)) });
