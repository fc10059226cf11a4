// Up to where the inbox can be read in order, shared by all who read along in this process. Looks when the bell rings,
// and by a timer as the net; both only while somebody reads. Never lets two looks follow each other closely.
import { setTimeout as after } from 'node:timers/promises';
import type { Store } from '../../store/database';
import { settledSeq } from '../../store/events/settled';

export interface Horizon {
  /** By a look that begins after the call. Rejects with the store's error. */
  look(): Promise<number>;
  /** Resolves when more than `place` is settled, or `isOver` says so; answers how far. Never rejects. */
  beyond(place: number, isOver: () => boolean): Promise<number>;
  /** Lets those who wait ask `isOver` again. */
  stir(): void;
  /** Somebody reads from now on, until the answer is called. */
  attend(): () => void;
}

export interface HorizonTimes {
  /** Between two looks, in ms. */
  readonly gatherMs: number;
  /** Without a ring, in ms. */
  readonly pollMs: number;
}

interface Asked {
  readonly resolve: (end: number) => void;
  readonly reject: (error: unknown) => void;
}

export function createHorizon(store: Store, { gatherMs, pollMs }: HorizonTimes): Horizon {
  let end = 0;
  let isLooking = false;
  let isRung = false;
  let asked: Asked[] = [];
  let waiting: (() => void)[] = [];
  let readers = 0;
  let rest: () => void = () => undefined;

  async function lookAround(): Promise<void> {
    isLooking = true;
    while (isRung || asked.length > 0) {
      const forWhom = asked;
      asked = [];
      isRung = false;
      try {
        end = await settledSeq(store.db);
        for (const { resolve } of forWhom) resolve(end);
        stir();
      } catch (error) {
        // Who only waits is served by a later look.
        for (const { reject } of forWhom) reject(error);
      }
      await after(gatherMs);
    }
    isLooking = false;
  }

  function ring(): void {
    isRung = true;
    if (!isLooking) void lookAround();
  }

  function stir(): void {
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  }

  function wakeUp(): () => void {
    const stopListening = store.inboxBell.listen(ring);
    const timer = setInterval(ring, pollMs);
    ring();
    return () => {
      stopListening();
      clearInterval(timer);
    };
  }

  return {
    look: () =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject });
        if (!isLooking) void lookAround();
      }),
    beyond: async (place, isOver) => {
      while (end <= place && !isOver()) await new Promise<void>((wake) => waiting.push(wake));
      return end;
    },
    stir,
    attend: () => {
      if (readers === 0) rest = wakeUp();
      readers += 1;
      return () => {
        readers -= 1;
        if (readers === 0) rest();
      };
    },
  };
}
