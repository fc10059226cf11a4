// kill -9 while Odoo pushes and is pulled, with a subscriber: afterwards every change is one event, delivered under
// one webhook-id, with the content that Odoo had.
import { createBridgeClient } from '../../src/demo/bridge-client';
import { judge } from '../../src/demo/verdict';
import { freePorts } from '../../src/temporal/free-ports';
import { eventually } from '../support/bridge';
import { startWholeBridge, type WholeBridge } from '../support/whole-bridge';

const CHANGES = 2_000;
const SHAPES = ['instant', 'builder', 'batch', 'instant-then-builder', 'none'] as const;

describe.each(['individually', 'in_batches'])('processing %s', (processing) => {
  let bridge: WholeBridge;

  beforeAll(async () => {
    // One port over all restarts, as Odoo has one address for it.
    const [port] = await freePorts(1);
    bridge = await startWholeBridge({
      PORT: String(port),
      JISR_PROCESSING: processing,
      ODOO_PUSH_API_KEY: 'push-key',
      ODOO_PULL_LIMIT: '200',
      ODOO_SWEEP_INTERVAL_MS: '5000',
      JISR_DELIVERY_SCHEDULE: '0,1,1,1,1,1',
    });
    const { odoo, subscriber, jisr } = bridge;
    await createBridgeClient(jisr.url(), 'test-admin-key').subscribe('crm', subscriber.url);
    odoo.setPush({
      url: `${jisr.url()}/api/v1/webhooks/receive`,
      credentials: { kind: 'bearer', token: 'push-key' },
    });
  }, 120_000);
  afterAll(() => bridge.close(), 60_000);

  test(`kill -9 of everything three times in the middle of ${CHANGES} changes by push and pull`, async () => {
    const { odoo, subscriber, jisr } = bridge;
    let made = 0;
    const making = (async () => {
      while (made < CHANGES) {
        made += odoo.changeMany(20, { push: SHAPES[(made / 20) % SHAPES.length]! }).length;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    })();
    const taken = () => new Set(subscriber.taken().map(({ id }) => id)).size;
    for (const share of [0.1, 0.35, 0.6]) {
      await eventually(() => {
        expect(taken()).toBeGreaterThanOrEqual(CHANGES * share);
      }, 120_000);
      await jisr.killAll();
      const before = taken();
      await jisr.start();
      // Work goes on within 15 s of the restart.
      await eventually(() => {
        expect(taken()).toBeGreaterThan(before);
      }, 15_000);
    }
    await making;
    await odoo.pushesIdle();
    const client = createBridgeClient(jisr.url(), 'test-admin-key');
    await eventually(async () => {
      const { events } = await client.stats();
      expect(events).toMatchObject({ pending: 0, processing: 0, delivering: 0, dead_letter: 0 });
      expect(odoo.ledger.unmarked()).toEqual([]);
      expect(taken()).toBeGreaterThanOrEqual(CHANGES);
    }, 180_000);

    const verdict = judge({
      entries: odoo.ledger.entries(),
      payloadOf: (serial) => odoo.ledger.payloadOf(serial),
      strayMarks: odoo.ledger.strayMarks().length,
      events: await client.events(),
      taken: subscriber.taken(),
    });
    process.stderr.write(
      `${CHANGES} changes, ${odoo.ledger.summary().pushes} pushes, ${verdict.repeated} webhooks taken again\n`,
    );
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({ made: CHANGES, events: CHANGES, delivered: CHANGES });
  }, 600_000);
});
