// What an operator sees and does in the Temporal Web UI, in a real browser on a whole bridge. Every act is checked
// twice: by what the page shows, and by what came of it in the store and at the subscriber.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import type { Browser, Locator } from 'playwright-core';
import { SOURCE } from '../../src/demo/stage';
import { TAKES_ALL } from '../../src/demo/subscriber';
import { readActions, readDeliveries } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import { eventually } from '../support/bridge';
import { findChromium, HOW_TO_INSTALL, openBrowser } from './chromium';
import { openLab, type Lab } from './lab';
import { WebUi } from './web-ui';

const DEAD_LETTERS = 'EventStatus="dead_letter" AND ExecutionStatus="Running"';

const chromiumPath = findChromium();
if (chromiumPath === null)
  process.stderr.write(`\n*** SKIPPED: everything in the Web UI. ${HOW_TO_INSTALL}. ***\n\n`);

(chromiumPath === null ? describe.skip : describe)('the Temporal Web UI', () => {
  let lab: Lab;
  let browser: Browser;
  let ui: WebUi;

  beforeAll(async () => {
    lab = await openLab();
    browser = await openBrowser(chromiumPath ?? '');
    expect(lab.push({ model: 'res.partner', recordId: 42 })).toBe('168');
    for (const recordId of [43, 44]) lab.push({ model: 'res.partner', recordId });
    await lab.found('EventStatus = "processed"', 3);
  }, 180_000);
  beforeEach(async () => {
    lab.subscriber.behave(TAKES_ALL);
    ui = new WebUi(await browser.newPage({ viewport: { width: 1280, height: 800 } }), lab.uiUrl);
  });
  afterEach(() => ui.page.close());
  afterAll(async () => {
    await browser.close();
    await lab.close();
  }, 60_000);

  const workflowIds = async (rows: Locator) => {
    await rows.first().waitFor();
    return rows.getByRole('link').first().allInnerTexts();
  };
  const webhookIds = (key: string) => new Set(lab.sent(key).map(({ id }) => id)).size;
  const seqOf = async (key: string) => (await readEvent(lab.bridge.store.db, key))!.seq;
  const runIdOf = async (key: string) =>
    (await lab.bridge.session.client.workflow.getHandle(key).describe()).runId;

  test.each(['OdooRecord = "res.partner/42"', 'OdooEventId = "push:168"'])(
    'an event is found by %s, in a link and in the search field',
    async (query) => {
      const linked = await ui.list(query);
      expect(await workflowIds(linked)).toEqual(['168']);
      expect(await linked.count()).toBe(1);
      const searched = await ui.search(query);
      expect(await workflowIds(searched)).toEqual(['168']);
      await searched.getByRole('link', { name: '168', exact: true }).click();
      await ui.page.getByText('write res.partner 42 from main').first().waitFor();
      await (await ui.summary()).getByText('write res.partner 42 from main').waitFor();
    },
    60_000,
  );

  test('a dead letter is found by its status, says what failed and what to press, and is retried by a signal', async () => {
    const key = await lab.refused(404, 'dead_letter', { model: 'res.partner', recordId: 50 });
    await lab.found(DEAD_LETTERS, 1);
    expect(await workflowIds(await ui.list(DEAD_LETTERS))).toEqual([key]);
    await ui.open(key);
    const details = await ui.currentDetails();
    await details.getByRole('heading', { name: 'Dead letter: write res.partner 50' }).waitFor();
    const text = await details.locator('body').innerText();
    expect(text).toMatch(/crm-webhook \(rejected\): http\S+: refuses the event \(404\)/);
    expect(text).toMatch(/To try again: mend the cause, then Send a Signal → retry\./);
    expect(await details.getByRole('link').count()).toBe(0);

    lab.subscriber.behave(TAKES_ALL);
    await ui.signal('retry');
    await lab.becomes(key, 'processed');
    expect(lab.sent(key).map(({ status }) => status)).toEqual([404, 200]);
    expect(webhookIds(key)).toBe(1);
    await ui.page.getByText('Completed', { exact: true }).first().waitFor();
    await lab.found(DEAD_LETTERS, 0);
  }, 60_000);

  test('the details of a dead letter are seen to their last line', async () => {
    const key = await lab.refused(404, 'dead_letter');
    await ui.open(key);
    const details = await ui.currentDetails();
    const last = details.getByText('To give up:');
    await last.waitFor();
    const bottomOf = async (locator: Locator) => {
      const box = await locator.boundingBox();
      return box!.y + box!.height;
    };
    const lastLine = details.locator('p', { has: last });
    await eventually(async () => {
      expect(await bottomOf(lastLine)).toBeLessThanOrEqual(await bottomOf(details.owner()));
    }, 5_000);
    await ui.signal('discard');
    await lab.becomes(key, 'discarded');
  }, 60_000);

  test('a dead letter is discarded by a signal that says why', async () => {
    const key = await lab.refused(422, 'dead_letter');
    await ui.open(key);
    await ui.signal('discard', { reason: 'the order was a test' });
    await lab.becomes(key, 'discarded');
    await ui.page.getByText('"discarded"').first().waitFor();
    await ui.page.getByText('Completed', { exact: true }).first().waitFor();
    expect(lab.sent(key)).toHaveLength(1);
    const actions = await readActions(lab.bridge.store.db, await seqOf(key));
    expect(actions).toMatchObject([{ action: 'discard', reason: 'the order was a test' }]);
  }, 60_000);

  test('Reset of a finished event delivers it again, under the same webhook-id', async () => {
    const key = lab.push({ model: 'res.partner', recordId: 60 });
    await lab.found(`WorkflowId = "${key}" AND EventStatus = "processed"`, 1);
    const before = await runIdOf(key);
    await ui.open(key);
    await ui.reset('the subscriber lost it');
    await eventually(() => {
      expect(lab.sent(key)).toHaveLength(2);
    });
    await lab.becomes(key, 'processed');
    expect(webhookIds(key)).toBe(1);
    const after = await runIdOf(key);
    expect(after).not.toBe(before);
    await ui.open(key);
    await ui.page.getByText(after).first().waitFor();
    await ui.page.getByText('the subscriber lost it').first().waitFor();
  }, 60_000);

  test('a delivery that is tried again shows to whom, which attempt, and why', async () => {
    const key = await lab.refused(503, 'delivering');
    await lab.waitsForAttempt(key, 3);
    await ui.open(key);
    await ui.page.getByText('Attempt 3 / ∞ • deliver • deliver to crm-webhook').waitFor();
    await ui.tab('pending-activities');
    await ui.page.getByText('3 of Unlimited').waitFor();
    await ui.page
      .getByText(/failed \(503\): it is tried later/)
      .first()
      .waitFor();
    expect(await readDeliveries(lab.bridge.store.db, await seqOf(key))).toMatchObject([
      { state: 'waiting', attempts: [{ status: 503 }, { status: 503 }] },
    ]);
  }, 60_000);

  test('a source is paused and resumed by signals without input, and the query status says so', async () => {
    await ui.open('odoo-pull');
    await ui.signal('pause');
    await eventually(async () => {
      expect((await lab.client.source(SOURCE)).state).toBe('paused');
    });
    await (await ui.query('status')).getByText('"state": "paused"').waitFor();
    const change = lab.odoo.change({ push: 'none' });
    await ui.signal('resume');
    await lab.becomes(String(change.pullId), 'processed');
    await eventually(async () => {
      expect((await lab.client.source(SOURCE)).state).toBe('idle');
    });
    await (await ui.query('status')).getByText('"state": "idle"').waitFor();
  }, 60_000);

  test('fifty dead letters are mended by one command, and the list is empty', async () => {
    lab.subscriber.behave(() => ({ status: 404 }));
    const keys = lab.odoo
      .changeMany(50, { model: 'sale.order', operation: 'create' })
      .map(({ pushId }) => String(pushId));
    await lab.found(DEAD_LETTERS, 50);
    await ui.list(DEAD_LETTERS);
    await ui.page.getByRole('heading', { name: '50 Workflows' }).waitFor();

    lab.subscriber.behave(TAKES_ALL);
    const args = [
      '--query',
      DEAD_LETTERS,
      '--name',
      'retry',
      '--reason',
      'the subscriber is mended',
      '--yes',
    ];
    await promisify(execFile)(
      lab.cliPath,
      ['workflow', 'signal', '--address', lab.bridge.temporalAddress!, ...args],
      // It looks for a configuration there, and finds none.
      { env: { HOME: tmpdir() } },
    );
    for (const key of keys) await lab.becomes(key, 'processed');
    // Refused, then taken; an attempt whose end was not heard in time is made again, under the same id.
    for (const key of keys) expect(lab.sent(key).length).toBeGreaterThanOrEqual(2);
    expect(keys.map(webhookIds)).toEqual(keys.map(() => 1));
    await lab.found(DEAD_LETTERS, 0);
    await ui.list(DEAD_LETTERS);
    await ui.page.getByRole('heading', { name: '0 Workflows' }).waitFor();
  }, 120_000);
});
