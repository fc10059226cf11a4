// The demo's verdict turns when one thing of the bridge is broken; test/e2e has the sound one.
import { childEnvironment } from '../../src/config';
import { playDemo } from '../../src/demo/play';
import { STEPS } from '../../src/demo/steps';
import type { Verdict } from '../../src/demo/verdict';
import type { OdooActivities } from '../../src/contracts/activities';
import type { Intake } from '../../src/intake/accept';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { installRuntime } from '../../src/temporal/session';
import { log } from '../support/bridge';
import { TEST_PROCESSING } from '../support/jisr-process';

beforeAll(() => {
  installRuntime(log);
});

/** Only the steps whose titles fit: a breakage shows in one of them. */
async function verdictWith(ports: WorkerPorts, patienceMs: number, titles = /./): Promise<Verdict> {
  const bundlePath = process.env['JISR_TEST_BUNDLE']!;
  const demo = await playDemo({
    env: { ...childEnvironment(), JISR_PROCESSING: TEST_PROCESSING },
    log,
    say: () => undefined,
    bundlePath,
    ports,
    steps: STEPS.filter(({ title }) => titles.test(title)),
    patienceMs,
  });
  await demo.close();
  return demo.result.verdict;
}

test('without sweeps a late commit is lost, and the verdict says so', async () => {
  let begun = false;
  const odoo = (activities: OdooActivities): OdooActivities => ({
    ...activities,
    pullPage: (request) => {
      const sweeps = begun && request.cursor === 0;
      begun = true;
      return sweeps ? Promise.resolve(EMPTY_PAGE) : activities.pullPage(request);
    },
  });
  const verdict = await verdictWith({ odoo }, 3_000, /commits late/);
  expect(verdict.ok).toBe(false);
  expect(verdict.findings.join('\n')).toMatch(/is lost: no event/);
  // It has looked for it in vain, so it thinks that Odoo has a hole there.
  expect(verdict.findings.join('\n')).toMatch(/the bridge says of itself "complete up to \d+"/);
}, 180_000);

test('acknowledging before the commit loses a page at a crash, and the verdict says so', async () => {
  let crashed = false;
  const intake: WorkerPorts['intake'] = (sound, sources): Intake => ({
    accept: async (source, channel, arrivals, leaseMs) => {
      if (!crashed) {
        crashed = true;
        const ids = arrivals.map((arrival) => (arrival.raw as { id: number }).id);
        await sources.get(source.name)?.client.markProcessed(ids);
        throw new Error('killed between the acknowledgement and the commit');
      }
      return sound.accept(source, channel, arrivals, leaseMs);
    },
  });
  const verdict = await verdictWith({ intake }, 10_000, /backlog/);
  expect(verdict.ok).toBe(false);
  expect(verdict.findings.join('\n')).toMatch(/is lost: no event/);
  // The bridge knows of no page that came, so it does not say that it is complete.
  expect(verdict.findings.join('\n')).not.toMatch(/the bridge says of itself/);
}, 180_000);

test('without the check for duplicates a change becomes two events, and the verdict says so', async () => {
  // Each channel looks only among what came by itself.
  const intake: WorkerPorts['intake'] = (sound): Intake => ({
    accept: (source, channel, arrivals, leaseMs) =>
      sound.accept({ ...source, name: `${source.name}-${channel}` }, channel, arrivals, leaseMs),
  });
  const verdict = await verdictWith({ intake }, 20_000, /Odoo pushes/);
  expect(verdict.ok).toBe(false);
  expect(verdict.findings.join('\n')).toMatch(/became 2 events/);
  // Its own numbers are those of another source.
  expect(verdict.findings.join('\n')).toMatch(/the bridge counts 0 events, and \d+ were found/);
}, 180_000);

test('a delivery that is noted and not sent is missed, and the verdict says so', async () => {
  let lost = false;
  const sender: WorkerPorts['sender'] = (sound) => ({
    send: (webhook) => {
      if (lost) return sound.send(webhook);
      lost = true;
      return Promise.resolve({ kind: 'sent', status: 200, response: '', durationMs: 1, message: 'not sent' });
    },
    close: () => sound.close(),
  });
  const verdict = await verdictWith({ sender }, 20_000, /Odoo pushes/);
  expect(verdict.findings).toEqual([
    expect.stringMatching(/was never delivered/),
    expect.stringMatching(/the bridge says of itself "complete up to \d+"/),
    expect.stringMatching(/the bridge counts (\d+) webhooks delivered, and (?!\1)\d+ were found/),
  ]);
}, 180_000);

test('a bridge that lost nothing and says otherwise of itself turns the verdict, too', async () => {
  const intake: WorkerPorts['intake'] = (sound): Intake => ({
    accept: async (source, channel, arrivals, leaseMs) => {
      const accepted = await sound.accept(source, channel, arrivals, leaseMs);
      // Something is in quarantine that never came from Odoo.
      const junk = { kind: 'unreadable' as const, reason: 'made up', raw: 'junk' };
      await sound.accept(source, 'push', [junk], null);
      return accepted;
    },
  });
  const verdict = await verdictWith({ intake }, 5_000, /Odoo pushes/);
  expect(verdict.findings).toEqual([
    expect.stringMatching(/the bridge says of itself "incomplete: 1 copy is in quarantine/),
  ]);
}, 180_000);

const EMPTY_PAGE = {
  kind: 'page' as const,
  ids: [],
  rows: 0,
  lastId: null,
  newestMs: null,
  hasMore: false,
  accepted: 0,
  duplicates: 0,
  quarantined: 0,
  afterFailure: false,
};
