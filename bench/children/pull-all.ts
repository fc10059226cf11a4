// The least that anybody does who empties Odoo's table: fetch a page, mark it, fetch the next. Keeps nothing.
import { Pool } from 'undici';
import { z } from 'zod';

const page = z.object({ events: z.array(z.object({ id: z.number() })), has_more: z.boolean() });

export async function pullAll(source: {
  readonly url: string;
  readonly key: string;
  readonly limitRows: number;
}): Promise<{ readonly rows: number; readonly seconds: number }> {
  const pool = new Pool(source.url);
  const headers = { 'x-api-key': source.key, 'content-type': 'application/json' };
  const startMs = performance.now();
  let rows = 0;
  for (let after = 0, more = true; more;) {
    const path = `/api/webhooks/pull?last_event_id=${after}&limit=${source.limitRows}`;
    const pulled = await pool.request({ method: 'GET', path, headers });
    const { events, has_more: hasMore } = page.parse(await pulled.body.json());
    const ids = events.map(({ id }) => id);
    if (ids.length > 0) {
      const body = JSON.stringify({ event_ids: ids });
      const marked = await pool.request({
        method: 'POST',
        path: '/api/webhooks/mark-processed',
        headers,
        body,
      });
      await marked.body.dump();
    }
    rows += ids.length;
    after = ids.at(-1) ?? after;
    more = hasMore && ids.length > 0;
  }
  const seconds = (performance.now() - startMs) / 1000;
  await pool.close();
  return { rows, seconds };
}
