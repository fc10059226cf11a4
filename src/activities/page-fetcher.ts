// Fetches pages, and the next one ahead while the last is being committed, fingerprints included. A page fetched ahead
// is a hint: lost without harm, dropped when it is not what is asked for or has grown old.
import type { OdooClient } from '../odoo/client';
import type { OdooReply } from '../domain/failure';
import type { PulledPage } from '../odoo/shapes/pulled-page';
import { fingerprintAll } from '../intake/fingerprint';
import { OdooCallFailed } from './failures';

interface PageToFetch {
  readonly source: string;
  readonly cursor: number;
  readonly limitRows: number;
}

interface Ahead extends PageToFetch {
  readonly reply: Promise<OdooReply<PulledPage>>;
  readonly fetchedMs: number;
  readonly abort: AbortController;
}

/** An older page may lack what came since; it would only cost a sweep's patience. */
const MAX_AGE_MS = 30_000;

export type PageFetcher = (client: OdooClient, page: PageToFetch, signal: AbortSignal) => Promise<PulledPage>;

/** Keeps at most one page ahead per source. */
export function createPageFetcher(nowMs: () => number): PageFetcher {
  const ahead = new Map<string, Ahead>();

  function takeAhead(page: PageToFetch): Promise<OdooReply<PulledPage>> | null {
    const found = ahead.get(page.source);
    ahead.delete(page.source);
    if (found === undefined) return null;
    const fits =
      found.cursor === page.cursor &&
      found.limitRows === page.limitRows &&
      nowMs() - found.fetchedMs < MAX_AGE_MS;
    if (!fits) found.abort.abort();
    return fits ? found.reply : null;
  }

  return async (client, page, signal) => {
    const request = { lastEventId: page.cursor, limitRows: page.limitRows };
    const hint = await takeAhead(page)?.catch(() => null);
    const reply = hint?.kind === 'ok' ? hint : await client.pull(request, signal);
    if (reply.kind === 'failed') throw new OdooCallFailed(reply.failure);
    const last = reply.value.rows.at(-1);
    if (reply.value.hasMore && last !== undefined) {
      const abort = new AbortController();
      const next = client.pull({ ...request, lastEventId: last.id }, abort.signal).then(fingerprinted);
      next.catch(() => undefined);
      ahead.set(page.source, { ...page, cursor: last.id, reply: next, fetchedMs: nowMs(), abort });
    }
    return reply.value;
  };
}

/** The door would have to make them; now the database is at work, and this process has time. */
async function fingerprinted(reply: OdooReply<PulledPage>): Promise<OdooReply<PulledPage>> {
  if (reply.kind === 'ok') await fingerprintAll(reply.value.rows.map(({ arrival }) => arrival));
  return reply;
}
