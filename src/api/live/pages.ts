// Pages of the feed. Who reads the same page at the same moment shares one statement, and few run at once: those who
// read along must not hold up those who accept.
import type { Database } from '../../store/database';
import { listEvents, type EventFilter, type ListedEvent } from '../../store/events/read';

export interface FeedPage {
  readonly events: readonly ListedEvent[];
  /** All up to here that fits is in it, or was before it. */
  readonly upTo: number;
}

export type ReadPage = (filter: EventFilter, place: number, end: number) => Promise<FeedPage>;

const PAGE_ROWS = 200;
/** Where few events fit, a statement looks at no more than so many, and the place still moves on. */
const WINDOW_SEQS = 10_000;
const AT_ONCE = 2;

export function createPages(db: Database): ReadPage {
  const underWay = new Map<string, Promise<FeedPage>>();
  const inTurn = atMost(AT_ONCE);

  async function read(filter: EventFilter, place: number, upTo: number): Promise<FeedPage> {
    const page = { order: 'asc', limitRows: PAGE_ROWS, after: place, upTo } as const;
    const events = await inTurn(() => listEvents(db, filter, page));
    const last = events.length < PAGE_ROWS ? undefined : events.at(-1);
    return { events, upTo: last?.seq ?? upTo };
  }

  return (filter, place, end) => {
    const upTo = Math.min(end, place + WINDOW_SEQS);
    const name = JSON.stringify([filter, place, upTo]);
    const known = underWay.get(name);
    if (known !== undefined) return known;
    const page = read(filter, place, upTo).finally(() => underWay.delete(name));
    underWay.set(name, page);
    return page;
  };
}

/** No more than `most` at once; the others wait, the first first. */
function atMost(most: number) {
  let running = 0;
  const queue: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
