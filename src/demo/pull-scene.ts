// The scene of the demo: a bridge and a simulated Odoo on real sockets, with everything going wrong that
// goes wrong in practice. Only plays it; the verdict is computed from what both have afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bridge } from '../roles/embedded';
import type { Simulator } from '../simulator/simulator-types';
import { createBridgeClient, type BridgeClient } from './bridge-client';
import { judge, type Verdict } from './verdict';

export interface SceneResult {
  readonly verdict: Verdict;
  readonly pulled: number;
  readonly copies: number;
}

export interface Scene {
  readonly odoo: Simulator;
  readonly bridge: Pick<Bridge, 'url' | 'adminKey'>;
  readonly say: (line: string) => void;
  /** How long one step may take until the scene goes on without it. */
  readonly patienceMs?: number;
}

/** The source that the environment configures. */
const SOURCE = 'main';
/** An outage that several tries fall into. */
const OUTAGE_MS = 3_000;

export async function playPullScene({ odoo, bridge, say, patienceMs = 20_000 }: Scene): Promise<SceneResult> {
  const client = createBridgeClient(bridge.url, bridge.adminKey);
  const all = async (what: string) => {
    const done = await within(patienceMs, () => isSettled(odoo, client));
    if (!done) say(`     … ${what}: not within ${patienceMs / 1000} s, going on`);
  };

  say('1/8  a backlog of 150 changes waits in Odoo: pulled page by page');
  await all('the backlog');

  say('2/8  a transaction commits late: its id lies below what was pulled already, so only a sweep finds it');
  const late = odoo.lateCommit();
  odoo.changeMany(20);
  await all('the changes above it');
  late.commit();
  await all('the late commit');

  say('3/8  a row is deleted between pull and mark, and an older addon refuses the whole page for it');
  odoo.faults.arm({ kind: 'older-addon' });
  odoo.faults.arm({ kind: 'slow', delayMs: 400, endpoints: ['mark-processed'], times: 1 });
  const poisoned = odoo.changeMany(25)[12]?.pullId ?? 0;
  await within(patienceMs, () => (odoo.ledger.byPullId(poisoned)?.served ?? 0) > 0);
  odoo.deleteRow(poisoned);
  await all('the page with the deleted row');

  say('4/8  Odoo answers 200, success: true, and an error: an outage, not "nothing new"');
  odoo.faults.arm({ kind: 'query-failed', endpoints: ['pull'], times: 2 });
  odoo.changeMany(20);
  await all('what came meanwhile');

  say('5/8  the answer to mark-processed is lost after Odoo did it');
  odoo.faults.arm({ kind: 'answer-lost', endpoints: ['mark-processed'], times: 1 });
  odoo.changeMany(20);
  await all('the page that was marked twice');

  say('6/8  Odoo is down for some seconds; an engineer pauses the source, and resumes it afterwards');
  odoo.faults.arm({ kind: 'slow', delayMs: 400, endpoints: ['mark-processed'], times: 1 });
  const caught = odoo.changeMany(20)[0]?.pullId ?? 0;
  await within(patienceMs, () => (odoo.ledger.byPullId(caught)?.served ?? 0) > 0);
  await odoo.stop();
  odoo.changeMany(20);
  await within(patienceMs, async () => (await client.source(SOURCE)).state === 'failing');
  await client.post(`sources/${SOURCE}/pause`, { reason: 'Odoo is down' });
  await sleep(OUTAGE_MS);
  await odoo.start();
  await client.post(`sources/${SOURCE}/resume`);
  await all('what the outage held up');

  say('7/8  processing is paused: events are accepted and wait; then it goes on');
  await client.post('processing/pause', { reason: 'a look at the subscriber' });
  odoo.changeMany(20);
  await within(patienceMs, async () => ((await client.stats()).events['pending'] ?? 0) >= 20);
  await client.post('processing/resume');
  await all('what waited');

  say('8/8  a change of every kind, one after another');
  for (const operation of ['create', 'write', 'unlink'] as const) {
    odoo.change({ model: 'res.partner', recordId: 7_000, operation });
  }
  await all('the last changes');

  say('     comparing every change that Odoo made with every event of the bridge');
  const { counts } = await client.source(SOURCE);
  return {
    verdict: judge(
      odoo.ledger.entries(),
      (serial) => odoo.ledger.payloadOf(serial),
      odoo.ledger.strayMarks().length,
      await client.events(),
    ),
    pulled: counts['pulled'] ?? 0,
    copies: (await client.stats()).duplicates,
  };
}

/** Nothing is left to pull, to acknowledge or to process. */
async function isSettled(odoo: Simulator, client: BridgeClient): Promise<boolean> {
  if (odoo.ledger.unmarked().length > 0) return false;
  const { events } = await client.stats();
  return ['pending', 'processing', 'delivering'].every((state) => events[state] === 0);
}

async function within(limitMs: number, holds: () => Promise<boolean> | boolean): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  while (Date.now() < endMs) {
    if (await holds()) return true;
    await sleep(50);
  }
  return false;
}
