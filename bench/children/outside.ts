// Everybody outside the bridge, as one process: who pushes, who asks, who subscribed.
// Measures at its own end of the wire; knows nothing of what is inside.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { latenciesOf } from './latencies';
import { pullAll } from './pull-all';
import { batches, PushBodies } from './push-bodies';
import { sendAtRate, sendFrom, type Outgoing } from './requests';
import { serve } from './serve';
import { startSubscriber } from './subscriber';

const target = { url: z.string(), headers: z.record(z.string(), z.string()) };
const pushed = {
  ...target,
  path: z.string(),
  count: z.int().positive(),
  firstId: z.int(),
  seed: z.int(),
  model: z.string().nullable().default(null),
};
const atClients = z.object({ ...pushed, clients: z.int().positive() });
const atRate = z.object({ ...pushed, perSecond: z.number() });
const calledAtRate = z.object({ ...pushed, perSecond: z.number(), subscribers: z.int().positive() });
const inBatches = z.object({ ...pushed, clients: z.int().positive(), size: z.int().positive() });
const asked = z.object({
  ...target,
  paths: z.array(z.string()),
  times: z.int().positive(),
  clients: z.int().positive(),
});
const drained = z.object({ url: z.string(), key: z.string(), limitRows: z.int().positive() });

/** When the webhooks of each event came, one to each subscriber that keeps keys, by the event's key. */
const received = new Map<string, number[]>();
const CALLED_WITHIN_MS = 60_000;

function posts(path: string, bodies: readonly string[]): readonly Outgoing[] {
  return bodies.map((body) => ({ method: 'POST', path, body }));
}

function bodiesOf(input: z.infer<z.ZodObject<typeof pushed>>): readonly string[] {
  return new PushBodies(input.seed, input.model).many(input.firstId, input.count);
}

/** From the moment a push is sent to the call of each subscriber; names the events that not all were called for. */
async function pushToSubscriber(input: z.infer<typeof calledAtRate>): Promise<object> {
  received.clear();
  const sentMs: number[] = [];
  const requests = posts(input.path, bodiesOf(input));
  const { seconds } = await sendAtRate(input.perSecond, input, requests, () => {
    sentMs.push(performance.now());
  });
  const deadline = performance.now() + CALLED_WITHIN_MS;
  const callsOf = (place: number) => received.get(String(input.firstId + place)) ?? [];
  const isCalled = (_: number, place: number) => callsOf(place).length >= input.subscribers;
  while (!sentMs.every(isCalled) && performance.now() < deadline) await sleep(10);
  const eachMs: number[] = [];
  const missing: string[] = [];
  for (const [place, atMs] of sentMs.entries()) {
    const cameMs = callsOf(place);
    if (cameMs.length < input.subscribers) missing.push(String(input.firstId + place));
    eachMs.push(...cameMs.slice(0, input.subscribers).map((ms) => ms - atMs));
  }
  return { called: eachMs.length === 0 ? null : latenciesOf(eachMs, seconds), missing };
}

serve({
  push: async (input) => {
    const wanted = atClients.parse(input);
    return sendFrom(wanted.clients, wanted, posts(wanted.path, bodiesOf(wanted)));
  },
  pushAtRate: async (input) => {
    const wanted = atRate.parse(input);
    return sendAtRate(wanted.perSecond, wanted, posts(wanted.path, bodiesOf(wanted)));
  },
  pushInBatches: async (input) => {
    const wanted = inBatches.parse(input);
    return sendFrom(wanted.clients, wanted, posts(wanted.path, batches(bodiesOf(wanted), wanted.size)));
  },
  pushToSubscriber: (input) => pushToSubscriber(calledAtRate.parse(input)),
  get: async (input) => {
    const { paths, times, clients, ...where } = asked.parse(input);
    const requests = Array.from({ length: times }, () => paths).flat();
    return sendFrom(
      clients,
      where,
      requests.map((path) => ({ method: 'GET', path })),
    );
  },
  subscriber: async (input) => {
    const { keepsKeys } = z.object({ keepsKeys: z.boolean() }).parse(input);
    return startSubscriber(
      keepsKeys
        ? (key, atMs) => {
            received.set(key, [...(received.get(key) ?? []), atMs]);
          }
        : null,
    );
  },
  pullAll: (input) => pullAll(drained.parse(input)),
});
