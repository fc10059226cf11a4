// The previous commit beside this one, on the same queues, while events flow; this one's start changes the tables below
// the other. JISR_UPGRADE_FROM names another commit than HEAD^.
import { createBridgeClient } from '../../src/demo/bridge-client';
import { judge } from '../../src/demo/verdict';
import { buildOf, commitOf, newPatches, type Build } from './previous-build';
import { playUpgrade, STOOD, type Played, type Version } from './scene';
import { ADMIN_KEY, setStage, type Stage } from './stage';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

let previous: Build | null = null;
let stage: Stage | null = null;
let played: Played;
let goesBack = true;

beforeAll(async () => {
  const commit = await commitOf(process.env['JISR_UPGRADE_FROM'] ?? 'HEAD^');
  say(`building ${commit}`);
  previous = await buildOf(commit, say);
  const patches = newPatches(previous.root);
  goesBack = patches.length === 0;
  if (!goesBack)
    say(`*** NOT TESTED: the way back. It has none, by the new patches ${patches.join(', ')}. ***`);
  stage = await setStage();
  played = await playUpgrade(stage, { previous: previous.root, goesBack }, say);
}, 1_500_000);
afterAll(async () => {
  await stage?.close();
  previous?.remove();
}, 60_000);

test('every change is one event, processed, acknowledged, and delivered once', async () => {
  const { odoo, subscriber } = stage!;
  const takenAt = (path: string) => subscriber.taken().filter((webhook) => webhook.path === path);
  const changes = odoo.ledger.entries().length;
  const { findings, events } = judge({
    entries: odoo.ledger.entries(),
    payloadOf: (serial) => odoo.ledger.payloadOf(serial),
    strayMarks: odoo.ledger.strayMarks().length,
    events: await createBridgeClient(played.api.url(), ADMIN_KEY).events(),
    taken: takenAt('/crm'),
  });
  expect(findings).toEqual([]);
  expect(events).toBe(changes);
  // Nothing was killed, so nothing needs to be sent again.
  expect(takenAt('/crm')).toHaveLength(changes);
  const records = takenAt('/erp').map(
    ({ body }) => (JSON.parse(body) as { data: { record_id: number } }).data.record_id,
  );
  expect(records.sort()).toEqual(STOOD);
}, 60_000);

test('what was tried again, by whichever version, came under one webhook-id for each delivery', () => {
  const ids = new Map<string, Set<string>>();
  for (const { path, body, id } of stage!.subscriber.received) {
    const { data } = JSON.parse(body) as { data: { key: string } };
    const delivery = `${path} ${data.key}`;
    ids.set(delivery, (ids.get(delivery) ?? new Set()).add(id));
  }
  expect([...ids].filter(([, { size }]) => size > 1)).toEqual([]);
});

test('no workflow task failed: each version goes on with the runs of the other', () => {
  expect(played.runs.flatMap(({ failures }) => failures)).toEqual([]);
});

test.each(['ProcessEventWorkflow', 'OdooPullWorkflow', 'DispatchWorkflow'])(
  'runs of %s were handed over to the new version, and back where there is a way',
  (type) => {
    const counted = { forward: handedOver(type, 'old', 'new'), back: handedOver(type, 'new', 'old') };
    say(`${type}: ${counted.forward} runs were handed over, ${counted.back} handed back`);
    expect(counted.forward).toBeGreaterThan(0);
    if (goesBack) expect(counted.back).toBeGreaterThan(0);
  },
);

test('both versions ran batches and single events', () => {
  for (const type of ['ProcessEventWorkflow', 'ProcessBatchWorkflow'])
    for (const version of ['old', 'new'] as const) {
      const count = played.runs.filter((run) => run.type === type && ranBy(run.pids, version)).length;
      say(`${type}: ${count} runs by the ${version} version`);
      expect(count).toBeGreaterThan(0);
    }
});

const ranBy = (pids: readonly number[], version: Version) =>
  pids.some((pid) => played.versionOf(pid) === version);

function handedOver(type: string, from: Version, to: Version): number {
  return played.runs.filter(
    (run) =>
      run.type === type &&
      run.pids.some(
        (pid, place) => played.versionOf(pid) === to && ranBy(run.pids.slice(place - 1, place), from),
      ),
  ).length;
}
