// Makes the pictures of docs/operations-in-the-web-ui.md from a live bridge: `npm run screenshots`.
// Each shows what the tests beside it assert.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TAKES_ALL } from '../../src/demo/subscriber';
import { findChromium, HOW_TO_INSTALL, openBrowser } from './chromium';
import { openLab } from './lab';
import { WebUi } from './web-ui';

const FOLDER = join(__dirname, '../../docs/images');

async function takeAll(): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) throw new Error(HOW_TO_INSTALL);
  const lab = await openLab();
  const browser = await openBrowser(chromium);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const ui = new WebUi(page, lab.uiUrl);
  mkdirSync(FOLDER, { recursive: true });
  const take = async (name: string) => {
    // The page of an open run polls for ever, so it may never be idle.
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
    await page.mouse.move(700, 60);
    await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  };

  for (const changed of [1, 2]) lab.push({ model: 'res.partner', recordId: 42, payload: { changed } });
  for (const recordId of [7, 8, 9, 10]) lab.push({ model: 'res.partner', recordId });
  await lab.found('EventStatus = "processed"', 6);
  await (await ui.list('OdooRecord = "res.partner/42"')).nth(1).waitFor();
  await take('events-of-a-record');
  await ui.open('168');
  await page.getByText('"processed"').first().waitFor();
  await take('event');

  const delivering = await lab.refused(503, 'delivering', { model: 'stock.picking', recordId: 3 });
  await lab.waitsForAttempt(delivering, 3);
  await ui.open(delivering);
  await page.getByText('deliver to crm-webhook').first().waitFor();
  await take('delivery-tried-again');
  await ui.tab('pending-activities');
  await page.getByText('3 of Unlimited').waitFor();
  await take('pending-activity');

  const dead = await lab.refused(404, 'dead_letter', { model: 'sale.order', recordId: 1001 });
  for (const recordId of [1002, 1003])
    await lab.refused(404, 'dead_letter', { model: 'sale.order', recordId });
  await lab.found('EventStatus = "dead_letter"', 3);
  await (await ui.list('EventStatus = "dead_letter" AND ExecutionStatus = "Running"')).nth(2).waitFor();
  await take('dead-letters');
  await ui.open(dead);
  await (await ui.currentDetails()).getByText('To give up:').waitFor();
  await take('dead-letter');
  await ui.openSignalDialog('retry');
  await take('signal-retry');
  await ui.open(dead);
  await ui.typeInto(await ui.openSignalDialog('discard'), '{"reason": "the order was a test"}');
  await take('signal-discard');

  await ui.open('168');
  await ui.openResetDialog('the subscriber lost it');
  await take('reset');
  await ui.open('odoo-pull');
  await (await ui.query('status')).getByText('"state": "idle"').waitFor();
  await take('source-status');

  lab.subscriber.behave(TAKES_ALL);
  await browser.close();
  await lab.close();
}

takeAll().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
