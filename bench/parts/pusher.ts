// Sends pushes from the process outside, each with an id that no other has.
import { z } from 'zod';
import { latencies, type Latencies } from '../children/latencies';
import { RECEIVE_PATH, type Bridge } from './bridge';
import type { Child } from './child';

export interface Load {
  readonly count: number;
  readonly clients: number;
  /** Default: models as the simulator draws them. */
  readonly model?: string;
}

interface Where {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const calls = z.object({ called: latencies.nullable(), missing: z.array(z.string()) });

const BATCH = 200;
const BATCH_CLIENTS = 4;

export class Pusher {
  private nextId = 1;

  constructor(
    private readonly outside: Child,
    private readonly seed: number,
  ) {}

  /** As fast as the clients can. */
  push(bridge: Bridge, load: Load): Promise<Latencies> {
    return this.send('push', bridge.pushTarget, RECEIVE_PATH, load.count, load);
  }

  /** The same load on the plain route. */
  pushPlain(url: string, load: Load): Promise<Latencies> {
    return this.send('push', { url, headers: {} }, '/push', load.count, load);
  }

  pushAtRate(bridge: Bridge, perSecond: number, seconds: number): Promise<Latencies> {
    return this.send('pushAtRate', bridge.pushTarget, RECEIVE_PATH, perSecond * seconds, { perSecond });
  }

  /** Latencies until each of the subscribers is called, which are this same process. */
  async pushToSubscriber(
    bridge: Bridge,
    perSecond: number,
    seconds: number,
    subscribers = 1,
  ): Promise<Latencies> {
    const count = perSecond * seconds;
    const input = this.input(bridge.pushTarget, RECEIVE_PATH, count, { perSecond, subscribers });
    const { called, missing } = await this.outside.ask('pushToSubscriber', input, calls);
    const [key] = missing;
    if (key !== undefined || called === null) {
      const event = JSON.stringify(await bridge.call('GET', `events/${key ?? ''}`));
      throw new Error(`the subscriber was not called for ${missing.length} of ${count}; the first: ${event}`);
    }
    return called;
  }

  /** Only to have so many events quickly. */
  async pushInBatches(bridge: Bridge, count: number, model?: string): Promise<void> {
    await this.send('pushInBatches', bridge.pushTarget, RECEIVE_PATH, count, {
      size: BATCH,
      clients: BATCH_CLIENTS,
      ...(model === undefined ? {} : { model }),
    });
  }

  /** Where the next push begins: its id is its event's key. */
  get firstKey(): string {
    return String(this.nextId);
  }

  private send(call: string, where: Where, path: string, count: number, how: object): Promise<Latencies> {
    return this.outside.ask(call, this.input(where, path, count, how), latencies);
  }

  private input(where: Where, path: string, count: number, how: object): object {
    const firstId = this.nextId;
    this.nextId += count;
    return { ...where, path, ...how, count, firstId, seed: this.seed };
  }
}

const subscriberUrl = z.object({ url: z.url() });

/** @param keepsKeys for `pushToSubscriber`; without it nothing is parsed, only counted */
export async function startSubscriber(outside: Child, keepsKeys: boolean): Promise<string> {
  return (await outside.ask('subscriber', { keepsKeys }, subscriberUrl)).url;
}
