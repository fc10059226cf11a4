// Reads the bridge as anybody would: over HTTP, with the admin key.
import { request } from 'undici';
import { z } from 'zod';

const user = z.object({ id: z.number().nullable(), name: z.string().nullable() }).nullable();
const listedEvent = z.object({
  key: z.string(),
  push_id: z.string().nullable(),
  pull_id: z.string().nullable(),
  model: z.string(),
  record_id: z.number(),
  operation: z.enum(['create', 'write', 'unlink']),
  occurred_at: z.string(),
  status: z.string(),
  user,
});
const eventPage = z.object({ events: z.array(listedEvent), next: z.string().nullable() });
const wholeEvent = listedEvent.extend({ payload: z.json() });
const stats = z.object({
  events: z.record(z.string(), z.number()),
  duplicates: z.number(),
  quarantined: z.number(),
});
const source = z.object({ state: z.string(), counts: z.record(z.string(), z.number()) });

const books = z.object({
  complete: z.boolean(),
  verdict: z.string(),
  accepted: z.number(),
  processed: z.number(),
  delivered: z.number(),
});

/** What the bridge says of a source. */
export type OwnBooks = z.infer<typeof books>;
export type BridgeEvent = z.infer<typeof wholeEvent>;

export interface BridgeClient {
  events(): Promise<readonly BridgeEvent[]>;
  stats(): Promise<z.infer<typeof stats>>;
  source(name: string): Promise<z.infer<typeof source>>;
  reconciliation(name: string): Promise<OwnBooks>;
  /** The keys of all events in this state. */
  keysOf(status: string): Promise<readonly string[]>;
  /** To every event. */
  subscribe(name: string, url: string): Promise<void>;
  /** e.g. `post('sources/main/pause', { reason: 'why' })` */
  post(path: string, body?: Readonly<Record<string, string>>): Promise<void>;
}

export function createBridgeClient(url: string, adminKey: string): BridgeClient {
  async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const answer = await request(`${url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  async function keys(filter: string): Promise<readonly string[]> {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = eventPage.parse(await call('GET', `events?limit=1000&${filter}${more}`));
      found.push(...page.events.map(({ key }) => key));
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  return {
    keysOf: (status) => keys(`status=${status}`),
    events: async () => {
      const events: BridgeEvent[] = [];
      for (const key of await keys('order=asc'))
        events.push(wholeEvent.parse(await call('GET', `events/${encodeURIComponent(key)}`)));
      return events;
    },
    subscribe: async (name, address) => {
      await call('POST', 'subscriptions', { name, url: address, filter: {} });
    },
    stats: async () => stats.parse(await call('GET', 'stats')),
    source: async (name) => source.parse(await call('GET', `sources/${name}`)),
    reconciliation: async (name) => books.parse(await call('GET', `sources/${name}/reconciliation`)),
    post: async (path, body) => {
      await call('POST', path, body);
    },
  };
}
