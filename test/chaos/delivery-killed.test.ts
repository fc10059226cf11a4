// kill -9 while a later try of a delivery waits for its answer: it is made again soon, under the same id.
import type { Behaviour } from '../../src/demo/subscriber';
import { eventually } from '../support/bridge';
import { KILLS, startWholeBridge, type WholeBridge } from '../support/whole-bridge';

/** Its heartbeats stop, which the server sees within 10 s; then the activity's own wait. */
const SOON_MS = 25_000;

describe.each(KILLS)('kill -9 %s while a later try is under way', (_, how) => {
  let bridge: WholeBridge;

  beforeAll(async () => {
    bridge = await startWholeBridge({
      JISR_PROCESSING: 'individually',
      JISR_DELIVERY_SCHEDULE: '0,0.5,0.5',
    });
  }, 120_000);
  afterAll(() => bridge.close(), 60_000);

  test('it is made again soon after the restart', async () => {
    const { odoo, subscriber, jisr } = bridge;
    await jisr.post('/api/v1/subscriptions', { name: 'crm', url: subscriber.url, filter: {} });
    let asked = 0;
    const failsThenHangs: Behaviour = () => ((asked += 1) === 1 ? { status: 503 } : 'hang');
    subscriber.behave(failsThenHangs);
    odoo.change({ model: 'res.partner', recordId: 7, operation: 'write' });
    await eventually(() => {
      expect(subscriber.received).toHaveLength(2);
    }, 30_000);
    subscriber.behave(() => ({ status: 200 }));
    await jisr[how]();
    await jisr.start();
    await eventually(() => {
      expect(subscriber.taken()).toHaveLength(1);
    }, SOON_MS);
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(1);
  }, 180_000);
});
