// Plays the demo's steps, one after another, with a bridge, a simulated Odoo and a subscriber on real sockets.
// Only plays; the verdict is computed from what all three have afterwards, and the bridge must see itself so, too.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bridge } from '../roles/embedded';
import type { Simulator } from '../simulator/simulator-types';
import { createBridgeClient, type BridgeClient } from './bridge-client';
import { compared } from './own-verdict';
import { SOURCE, type Stage } from './stage';
import { STEPS, type Step } from './steps';
import { startStreamReader } from './stream-reader';
import type { Subscriber } from './subscriber';
import { judge, type Verdict } from './verdict';

export interface SceneResult {
  readonly verdict: Verdict;
  /** The bridge's verdict of itself, as `GET /api/v1/sources/main/reconciliation` answers it. */
  readonly ownWords: string;
  readonly pushed: number;
  readonly pulled: number;
  readonly copies: number;
  /** Made to the subscriber, those that failed too. */
  readonly attempts: number;
}

export interface Scene {
  readonly odoo: Simulator;
  readonly subscriber: Subscriber;
  readonly bridge: Pick<Bridge, 'url' | 'adminKey'>;
  readonly pushKey: string;
  readonly say: (line: string) => void;
  readonly steps?: readonly Step[];
  /** How long one step may take until the scene goes on without it. */
  readonly patienceMs?: number;
}

export async function playScene(scene: Scene): Promise<SceneResult> {
  const { odoo, subscriber, bridge, pushKey, say, steps = STEPS, patienceMs = 30_000 } = scene;
  const client = createBridgeClient(bridge.url, bridge.adminKey);
  const stream = startStreamReader(bridge.url, bridge.adminKey);
  const until: Stage['until'] = (holds) => within(patienceMs, holds);
  const stage: Stage = {
    odoo,
    subscriber,
    stream,
    client,
    pushUrl: `${bridge.url}/api/v1/webhooks/receive`,
    pushKey,
    until,
    settle: async (what) => {
      if (await until(() => isSettled(odoo, client))) return;
      say(`     … ${what}: not within ${patienceMs / 1000} s, going on`);
    },
  };
  await client.subscribe('demo', subscriber.url);
  for (const [place, step] of steps.entries()) {
    say(`${String(place + 1).padStart(2)}/${steps.length}  ${step.title}`);
    await step.play(stage);
    await stage.settle(step.title);
  }

  say('       comparing every change in Odoo with every event and every webhook');
  const { counts } = await client.source(SOURCE);
  const events = await client.events();
  await until(() => stream.seen.length >= events.length);
  await stream.close();
  const verdict = judge({
    entries: odoo.ledger.entries(),
    payloadOf: (serial) => odoo.ledger.payloadOf(serial),
    strayMarks: odoo.ledger.strayMarks().length,
    events,
    taken: subscriber.taken(),
    streamed: stream.seen,
  });
  say('       asking the bridge what it thinks of itself');
  // What Odoo never committed may still come until the sweeps did not find it.
  await until(async () => (await client.reconciliation(SOURCE)).complete === verdict.ok);
  return {
    ...compared(verdict, await client.reconciliation(SOURCE)),
    pushed: counts['pushed'] ?? 0,
    pulled: counts['pulled'] ?? 0,
    copies: (await client.stats()).duplicates,
    attempts: subscriber.received.length,
  };
}

async function isSettled(odoo: Simulator, client: BridgeClient): Promise<boolean> {
  if (odoo.ledger.unmarked().length > 0) return false;
  const { events } = await client.stats();
  return ['pending', 'processing', 'delivering', 'dead_letter'].every((state) => events[state] === 0);
}

async function within(limitMs: number, holds: () => Promise<boolean> | boolean): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  while (Date.now() < endMs) {
    if (await holds()) return true;
    await sleep(50);
  }
  return false;
}
