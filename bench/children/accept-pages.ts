// Accepts pages of 1,000 rows one after the other, and measures how long the event loop stands still meanwhile.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { required } from '../../src/domain/required';
import { createIntake } from '../../src/intake/accept';
import { createLogger } from '../../src/logger';
import { createOdooClient } from '../../src/odoo/client';
import type { PulledPage } from '../../src/odoo/shapes/pulled-page';
import { openStore } from '../../src/store/database';
import { aSource } from '../../test/support/builders';
import { median } from '../statistics';
import { openPlainStore, storeLocation } from './plain-store';
import { serve } from './serve';

const wanted = z.object({ location: storeLocation, odoo: z.url(), key: z.string() });
type Wanted = z.infer<typeof wanted>;

const ROWS = 1_000;
/** The first ones show how fast code becomes that was never run, not how long a bridge pauses. */
const WARM_UP_PAGES = 2;
const INSERT_ALL = `insert into plain (event_id, payload)
  select r.event_id, r.payload from json_to_recordset($1::json) as r(event_id text, payload jsonb)`;

type Page = PulledPage['rows'];

async function fetchPages({ odoo, key }: Wanted): Promise<readonly Page[]> {
  const client = createOdooClient({ baseUrl: odoo, apiKey: key });
  const pages: Page[] = [];
  for (let after = 0; ;) {
    const reply = await client.pull({ lastEventId: after, limitRows: ROWS });
    if (reply.kind === 'failed') throw new Error(reply.failure.message);
    const { rows } = reply.value;
    if (rows.length === 0) break;
    pages.push(rows);
    after = required(rows.at(-1), 'the last row of a page').id;
  }
  await client.close();
  return pages;
}

async function measure(pages: readonly Page[], accept: (page: Page) => Promise<void>): Promise<object> {
  for (const page of pages.slice(0, WARM_UP_PAGES)) await accept(page);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const eachMs: number[] = [];
  for (const page of pages.slice(WARM_UP_PAGES)) {
    const startMs = performance.now();
    await accept(page);
    eachMs.push(performance.now() - startMs);
    // The monitor's own timer must come to its turn, or it sees nothing.
    await sleep(5);
  }
  delay.disable();
  return { longestPauseMs: delay.max / 1e6, perPageMs: median(eachMs) };
}

async function accepted(input: Wanted): Promise<object> {
  const pages = await fetchPages(input);
  const store = await openStore(input.location, createLogger({ level: 'silent' }));
  const intake = createIntake(store.db);
  const source = aSource();
  const answer = await measure(pages, async (page) => {
    const arrivals = page.map(({ arrival }) => arrival);
    await intake.accept(source, 'pull', arrivals, null);
  });
  await store.close();
  return answer;
}

/** All rows of a page by one statement, and PGlite on the main thread. */
async function inserted(input: Wanted): Promise<object> {
  const pages = await fetchPages(input);
  const store = await openPlainStore(input.location);
  return measure(pages, async (page) => {
    const rows = page.map(({ id, arrival }) => ({
      event_id: String(id),
      payload: arrival.kind === 'event' ? arrival.copy.payload : null,
    }));
    await store.run(INSERT_ALL, [JSON.stringify(rows)]);
  });
}

serve({
  accept: (input) => accepted(wanted.parse(input)),
  insert: (input) => inserted(wanted.parse(input)),
});
