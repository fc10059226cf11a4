// An upgrade and a rollback while events flow: the old version alone, both, the new one below the API of the old, back,
// and the new one for good. In each part some events stand, refused or waiting, and go on in a later one.
import { createBridgeClient } from '../../src/demo/bridge-client';
import { eventually } from '../support/bridge';
import type { JisrProcess } from '../support/jisr-process';
import { ADMIN_KEY, NOT_READY, REFUSED, type Stage } from './stage';
import { readRuns, type ToldRun } from './told-runs';

export type Version = 'old' | 'new';

export interface Played {
  readonly runs: readonly ToldRun[];
  readonly versionOf: (pid: number) => Version | undefined;
  /** Of the last API. */
  readonly api: JisrProcess;
}

/** A record whose event is refused, and one whose event has to wait. */
interface Standing {
  readonly refused: number;
  readonly waits: number;
}
const FORWARD: Standing = { refused: 900_001, waits: 900_002 };
const BACK: Standing = { refused: 900_003, waits: 900_004 };
const ALL_THE_WAY: Standing = { refused: 900_005, waits: 900_006 };
export const STOOD = [FORWARD, BACK, ALL_THE_WAY].flatMap(({ refused, waits }) => [refused, waits]);

/** So many more events are processed before the scene goes on. */
const A_WHILE = 40;

/** @param goesBack without it the old version stays away once it was stopped */
export async function playUpgrade(
  stage: Stage,
  { previous, goesBack }: { readonly previous: string; readonly goesBack: boolean },
  say: (line: string) => void,
): Promise<Played> {
  const { session, odoo, subscriber, role, mend, flow } = stage;
  const versions = new Map<number, Version>();
  const [oldApi, newApi] = [await role('api/server.js', previous), await role('api/server.js')];
  const [oldWorker, newWorker] = [await role('worker.js', previous), await role('worker.js')];
  let api = oldApi;

  async function start(process: JisrProcess, version: Version): Promise<void> {
    await process.start();
    versions.set(process.pid(), version);
  }
  async function stop(process: JisrProcess): Promise<void> {
    expect(await process.stop()).toBe(0);
  }
  function pushTo(next: JisrProcess): void {
    api = next;
    const url = `${api.url()}/api/v1/webhooks/receive`;
    odoo.setPush({ url, credentials: { kind: 'bearer', token: 'push-key' } });
  }
  const client = () => createBridgeClient(api.url(), ADMIN_KEY);
  const states = async () => (await client().stats()).events;
  async function aWhile(): Promise<void> {
    const before = (await states())['processed'] ?? 0;
    await eventually(async () => {
      expect((await states())['processed']).toBeGreaterThan(before + A_WHILE);
    }, 60_000);
  }
  async function keyOf(recordId: number, status: string): Promise<string> {
    const { events } = (await api.get(`/api/v1/events?record_id=${recordId}`)) as {
      events: { key: string; status: string }[];
    };
    expect(events.map((event) => event.status)).toEqual([status]);
    return events[0]!.key;
  }
  async function stand({ refused, waits }: Standing): Promise<void> {
    odoo.change({ model: REFUSED, recordId: refused });
    odoo.change({ model: NOT_READY, recordId: waits });
    await eventually(() => Promise.all([keyOf(refused, 'dead_letter'), keyOf(waits, 'delivering')]), 60_000);
  }
  async function goOn({ refused, waits }: Standing): Promise<void> {
    mend(refused);
    mend(waits);
    await client().post(`events/${await keyOf(refused, 'dead_letter')}/retry`);
    // A try that was given to a worker as it stopped is given out again when its minute is over.
    await eventually(() => Promise.all([keyOf(refused, 'processed'), keyOf(waits, 'processed')]), 150_000);
  }

  say('the old one alone');
  await start(oldApi, 'old');
  await start(oldWorker, 'old');
  pushTo(oldApi);
  await client().subscribe('crm', `${subscriber.url}/crm`);
  await oldApi.post('/api/v1/subscriptions', {
    name: 'erp',
    url: `${subscriber.url}/erp`,
    filter: { models: [REFUSED, NOT_READY] },
  });
  const endFlow = flow();
  await stand(FORWARD);
  await stand(ALL_THE_WAY);

  say('both');
  await start(newWorker, 'new');
  await aWhile();

  say('the new one, below the API of the old one');
  await stop(oldWorker);
  await goOn(FORWARD);
  await stand(BACK);
  await aWhile();

  if (goesBack) {
    say('back');
    await start(oldWorker, 'old');
    await stop(newWorker);
    await goOn(BACK);
    await aWhile();
    await start(newWorker, 'new');
    await stop(oldWorker);
  } else await goOn(BACK);

  say('the new one for good');
  await start(newApi, 'new');
  pushTo(newApi);
  await stop(oldApi);
  await goOn(ALL_THE_WAY);
  await aWhile();
  await endFlow();

  const processed = odoo.ledger.entries().length;
  await eventually(async () => {
    const none = { pending: 0, processing: 0, delivering: 0, dead_letter: 0 };
    expect(await states()).toMatchObject({ ...none, processed });
    expect(odoo.ledger.unmarked()).toEqual([]);
  }, 120_000);
  await eventually(async () => {
    const { count } = await session.client.workflow.count('ExecutionStatus = "Running"');
    // Those that never end.
    expect(count).toBe(2);
  }, 60_000);
  const runs = await readRuns(session.client);
  return { runs, versionOf: (pid) => versions.get(pid), api };
}
