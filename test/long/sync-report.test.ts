// What Odoo's own table of devices is told of the pull, against the simulated Odoo.
import { setStage } from '../support/stage';
import { pullFrom, eventually } from '../support/bridge';
import { describeOnBothEngines } from '../support/stores';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import type { PullStatus } from '../../src/contracts/messages';

describeOnBothEngines('the report of the pull', (open) => {
  const stage = setStage(open);
  let odoo: Simulator;

  beforeEach(async () => {
    odoo = await startSimulator();
    odoo.changeMany(25);
  });
  afterEach(() => odoo.close());

  const status = () => stage.run('odoo-pull').query<PullStatus>('status');
  const stateInOdoo = async () => {
    // A GET leaves the place as it is.
    const path = '/api/webhooks/sync-state?user_id=2&device_id=jisr-main&app_type=manager_app';
    const answer = await fetch(`${odoo.url}${path}`, { headers: { 'x-api-key': 'lab-key' } });
    return ((await answer.json()) as { sync_state: unknown }).sync_state;
  };

  test('makes the device, says the last id, and comes once a minute at most', async () => {
    await stage.start({ ...pullFrom(odoo), ODOO_PULL_LIMIT: '10', ODOO_SYNC_USER_ID: '2' });
    await eventually(async () => {
      expect((await status()).reporting).toMatchObject({ cursor: 25, failure: null });
    });
    odoo.change();
    await eventually(async () => {
      expect((await status()).cursor).toBe(26);
    });
    const pulls = odoo.requests.pulls().length;
    await odoo.until('more pulls', () => odoo.requests.pulls().length > pulls + 2);
    // Unknown, made, told; and nothing for the change after it.
    expect(odoo.requests.answers()).toMatchObject({
      'sync-state 200': 1,
      'sync-state/update 404': 1,
      'sync-state/update 200': 1,
    });
    expect(await stateInOdoo()).toMatchObject({ last_event_id: 25, sync_count: 1, app_type: 'manager_app' });
  });

  test('that fails holds no pull up, is tried once, and is seen', async () => {
    await stage.start({ ...pullFrom(odoo), ODOO_SYNC_USER_ID: '999' });
    await eventually(async () => {
      expect((await status()).reporting?.failure).toMatch(/500/);
    });
    odoo.change();
    await odoo.until('all marked', () => odoo.ledger.summary().marked === 26);
    expect(odoo.requests.counts()).toMatchObject({ 'sync-state': 1, 'sync-state/update': 1 });
    expect((await status()).reporting).toMatchObject({ cursor: 0 });
  });

  test('is not made unless a user is configured', async () => {
    await stage.start({ ...pullFrom(odoo), ODOO_PULL_LIMIT: '10' });
    await odoo.until('all marked', () => odoo.ledger.summary().marked === 25);
    const pulls = odoo.requests.pulls().length;
    await odoo.until('more pulls', () => odoo.requests.pulls().length > pulls + 2);
    expect(odoo.requests.counts()).toMatchObject({ 'sync-state': 0, 'sync-state/update': 0 });
    expect((await status()).reporting).toBeNull();
  });
});
