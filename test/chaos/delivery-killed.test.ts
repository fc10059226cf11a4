// kill -9 while a later try of a delivery waits for its answer: it is made again soon, under the same id.
import { startSubscriber, type Behaviour, type Subscriber } from '../../src/demo/subscriber';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { eventually } from '../support/bridge';
import { jisrProcess, type JisrProcess } from '../support/jisr-process';

/** Its heartbeats stop, which the server sees within 10 s; then the activity's own wait. */
const SOON_MS = 25_000;

describe.each([
  ['of the whole process, its Temporal server included', 'killAll'],
  ['of Node alone, which orphans its Temporal server', 'killNode'],
] as const)('kill -9 %s while a later try is under way', (_, how) => {
  let odoo: Simulator;
  let jisr: JisrProcess;
  let subscriber: Subscriber;

  beforeAll(async () => {
    odoo = await startSimulator();
    subscriber = await startSubscriber();
    jisr = await jisrProcess({
      ODOO_URL: odoo.url,
      ODOO_API_KEY: 'lab-key',
      ODOO_PULL_INTERVAL_MS: '500',
      JISR_PROCESSING: 'individually',
      JISR_DELIVERY_SCHEDULE: '0,0.5,0.5',
      JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
    });
    await jisr.start();
  }, 120_000);
  afterAll(async () => {
    await jisr.stop();
    jisr.remove();
    await subscriber.close();
    await odoo.close();
  }, 60_000);

  test('it is made again soon after the restart', async () => {
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
