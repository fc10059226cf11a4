// The inbox, read along: each reader has a place in it and gets what fits behind it, in the order of acceptance, none
// twice and none left out. Knows nothing of how readers are reached.
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../../logger';
import { errorCodeOf, innermostMessage } from '../../store/errors';
import type { Store } from '../../store/database';
import { readEvent, type EventFilter, type ListedEvent, type StoredEvent } from '../../store/events/read';
import { createHorizon } from './horizon';
import { createPages } from './pages';

export interface Reading {
  readonly filter: EventFilter;
  /** Behind this `seq`. */
  readonly from: number;
  readonly withPayload: boolean;
  /** Takes one event. Resolves when there is room for the next, or nobody reads any more; must not reject. */
  readonly take: (event: ListedEvent | StoredEvent) => Promise<void> | void;
}

export interface FeedReader {
  /** The `seq` up to which all that fits was taken. */
  place(): number;
  /** Resolves when nothing is taken any more. */
  stop(): Promise<void>;
}

/** A place among the readers of this process. */
export interface Seat {
  read(reading: Reading): FeedReader;
  /** Stops what it reads. */
  leave(): void;
}

export interface Feed {
  readonly limits: FeedLimits;
  /** The `seq` of the newest settled event. Rejects with the store's error. */
  end(): Promise<number>;
  isFull(): boolean;
  /** `onClose`: the process ends. Null when it is full. */
  sit(onClose: () => void): Seat | null;
  /** Takes no more readers, and tells all. */
  close(): void;
}

export interface FeedLimits {
  readonly maxReaders: number;
  /** Something is sent at least so often. */
  readonly heartbeatMs: number;
  /** Who takes nothing for so long is cut off. Longer than `heartbeatMs`. */
  readonly slowMs: number;
  /** How often the inbox is looked at without a ring. */
  readonly pollMs: number;
}

const LIMITS: FeedLimits = { maxReaders: 500, heartbeatMs: 15_000, slowMs: 30_000, pollMs: 1_000 };
const GATHER_MS = 30;
const READ_AGAIN_MS = 1_000;

export function createFeed(store: Store, log: Logger, over: Partial<FeedLimits> = {}): Feed {
  const limits = { ...LIMITS, ...over };
  const horizon = createHorizon(store, { gatherMs: GATHER_MS, pollMs: limits.pollMs });
  const readPage = createPages(store.db);
  const seats = new Map<Seat, () => void>();
  let isClosed = false;

  /** Until it works: a place is kept over an outage. */
  async function insist<T>(work: () => Promise<T>, isOver: () => boolean): Promise<T | null> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (isOver()) return null;
        log.warn(
          { code: errorCodeOf(error), error: innermostMessage(error) },
          'the live feed cannot read the inbox; it tries again',
        );
        await after(READ_AGAIN_MS);
        if (isOver()) return null;
      }
    }
  }

  function startReading({ filter, from, withPayload, take }: Reading): FeedReader {
    let place = from;
    let isOver = false;
    const over = () => isOver;

    async function readOn(): Promise<void> {
      while (!over()) {
        const end = await horizon.beyond(place, over);
        const page = over() ? null : await insist(() => readPage(filter, place, end), over);
        for (const event of page?.events ?? []) {
          const whole = withPayload ? await insist(() => readEvent(store.db, event.key), over) : null;
          if (over()) return;
          await take(whole ?? event);
          place = event.seq;
        }
        if (page !== null && !over()) place = page.upTo;
      }
    }

    const reading = readOn();
    return {
      place: () => place,
      stop: () => {
        isOver = true;
        horizon.stir();
        return reading;
      },
    };
  }

  function newSeat(): Seat {
    const leaveHorizon = horizon.attend();
    let reader: FeedReader | null = null;
    const seat: Seat = {
      read: (reading) => {
        reader = startReading(reading);
        // Who left meanwhile reads nothing.
        if (!seats.has(seat)) void reader.stop();
        return reader;
      },
      leave: () => {
        if (!seats.delete(seat)) return;
        void reader?.stop();
        leaveHorizon();
      },
    };
    return seat;
  }

  const isFull = () => isClosed || seats.size >= limits.maxReaders;
  return {
    limits,
    end: () => horizon.look(),
    isFull,
    sit: (onClose) => {
      if (isFull()) return null;
      const seat = newSeat();
      seats.set(seat, onClose);
      return seat;
    },
    close: () => {
      isClosed = true;
      for (const tell of seats.values()) tell();
    },
  };
}
