// Pushes while Temporal or the database is away: an Odoo user is waiting for each answer, and whatever was
// answered 200 is processed and delivered in the end. api and worker run apart, as in production.
import { createBridgeClient } from '../../src/demo/bridge-client';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { judge } from '../../src/demo/verdict';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { eventually, openTestSession } from '../support/bridge';
import { jisrProcess, type JisrProcess } from '../support/jisr-process';
import { findPostgres, startPostgres, type Postgres } from '../support/postgres';
import { layWire, type Wire } from '../support/wire';

const bin = findPostgres();
/** Above any retry and lease of ours. */
const AWAY_MS = 20_000;
/** Of a push while Temporal is away, on a machine that does other things as well. */
const ANSWER_WITHIN_MS = 1_000;

(bin === null ? describe.skip : describe).each(['auto', 'in_batches'])(
  'pushes, processing %s',
  (processing) => {
    let postgres: Postgres;
    let wire: Wire;
    let odoo: Simulator;
    let subscriber: Subscriber;
    let api: JisrProcess;
    let worker: JisrProcess;

    beforeAll(async () => {
      postgres = await startPostgres(bin!);
      wire = await layWire(process.env['JISR_TEST_TEMPORAL']!);
      const session = await openTestSession();
      const env = {
        DATABASE_URL: await postgres.createDatabase(),
        TEMPORAL_ADDRESS: wire.address,
        TEMPORAL_NAMESPACE: session.namespace,
        JISR_SECRET_KEY: 'test-secret-key-0123456789',
        JISR_PROCESSING: processing,
        ODOO_PUSH_API_KEY: 'push-key',
        JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
        JISR_DELIVERY_SCHEDULE: '0,1,1,1',
        LOG_LEVEL: 'fatal',
      };
      await session.close();
      api = await jisrProcess(env, 'api/server.js');
      worker = await jisrProcess(env, 'worker.js');
      await Promise.all([api.start(), worker.start()]);
      subscriber = await startSubscriber();
      await createBridgeClient(api.url(), 'test-admin-key').subscribe('crm', subscriber.url);
      odoo = await startSimulator();
      odoo.setPush({
        url: `${api.url()}/api/v1/webhooks/receive`,
        credentials: { kind: 'bearer', token: 'push-key' },
      });
    }, 120_000);
    afterAll(async () => {
      await Promise.all([api.stop(), worker.stop()]);
      api.remove();
      worker.remove();
      await subscriber.close();
      await odoo.close();
      await wire.close();
      await postgres.close();
    }, 60_000);

    /** Five at a time, until the time is over. */
    async function pushFor(ms: number): Promise<void> {
      for (const endMs = Date.now() + ms; Date.now() < endMs;) {
        odoo.changeMany(5);
        await odoo.pushesIdle();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const pushes = () => odoo.ledger.entries().flatMap((entry) => entry.pushes);
    /** Nothing is pulled here: an event is known by its push alone, or not at all. */
    async function expectAllThatWasAnswered(): Promise<void> {
      const client = createBridgeClient(api.url(), 'test-admin-key');
      await eventually(async () => {
        const { events } = await client.stats();
        expect(events).toMatchObject({ pending: 0, processing: 0, delivering: 0 });
      }, 90_000);
      const { findings, events } = judge({
        entries: odoo.ledger
          .entries()
          .map((entry) => ({ ...entry, fate: { state: 'push-only' as const, atMs: 0 } })),
        payloadOf: (serial) => odoo.ledger.payloadOf(serial),
        strayMarks: 0,
        events: await client.events(),
        taken: subscriber.taken(),
      });
      expect(findings).toEqual([]);
      expect(events).toBe(odoo.ledger.entries().filter(({ pushAnswered200 }) => pushAnswered200 > 0).length);
    }

    test.each([
      ['away', () => wire.cut()],
      [
        'silent',
        () => {
          wire.stall();
          return Promise.resolve();
        },
      ],
    ] as const)(
      'while Temporal is %s every push is answered 200 at once, and processed afterwards',
      async (_, ail) => {
        await pushFor(1_000);
        await expectAllThatWasAnswered();
        const before = pushes().length;
        await ail();
        await pushFor(AWAY_MS);
        const during = pushes().slice(before);
        await wire.mend();
        expect(during.length).toBeGreaterThan(100);
        expect(during.filter(({ status }) => status !== 200)).toEqual([]);
        expect(Math.max(...during.map(({ answerMs }) => answerMs))).toBeLessThan(ANSWER_WITHIN_MS);
        await expectAllThatWasAnswered();
      },
      240_000,
    );

    test('while the database is away pushes get 503 with Retry-After; what was answered 200 is there', async () => {
      await pushFor(1_000);
      const before = pushes().length;
      const pushing = pushFor(6_000);
      await postgres.stop();
      await eventually(async () => {
        const answer = await fetch(`${api.url()}/api/v1/webhooks/receive`, {
          method: 'POST',
          headers: { authorization: 'Bearer push-key' },
          body: '{"event_id":1,"model":"x.y","record_id":1,"event":"write","timestamp":"2026-11-24T02:05:40"}',
        });
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      });
      await pushing;
      expect(
        pushes()
          .slice(before)
          .some(({ status }) => status === 503),
      ).toBe(true);
      await postgres.start();
      await pushFor(1_000);
      expect(pushes().at(-1)?.status).toBe(200);
      await expectAllThatWasAnswered();
    }, 240_000);
  },
);
