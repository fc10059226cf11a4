// Thousands of events to five subscribers, each difficult in its own way: each must get exactly what an oracle
// computes from Odoo's ledger. `npm run test:soak`; JISR_SOAK_EVENTS (20,000 unless set) makes it shorter.
import { required } from '../../src/domain/required';
import { startSubscriber, type Behaviour, type Subscriber } from '../../src/demo/subscriber';
import { hash32 } from '../../src/simulator/random';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { eventually } from '../support/bridge';
import { jisrProcess, type JisrProcess } from '../support/jisr-process';
import { createTestDatabase, ENGINES } from '../support/stores';
import { differences, expectedOf, outOfOrder, takenOf, wronglyLeftOut } from './delivery-oracle';

const EVENTS = Number(process.env['JISR_SOAK_EVENTS'] ?? 20_000);
/** About 10 events a second, at the least. */
const LONGEST_MS = 300_000 + EVENTS * 100;
const SEED = 7;

interface Deliveries {
  readonly deliveries: readonly { readonly state: string }[];
  readonly next: string | null;
}

const always: Behaviour = () => ({ status: 200 });
const slowly: Behaviour = () => ({ status: 200, afterMs: 60 });
const flakily = (): Behaviour => {
  let asked = 0;
  return () => ({ status: hash32(SEED, asked++) % 100 < 30 ? 503 : 200 });
};
const goneAfter = (most: number): Behaviour => {
  let taken = 0;
  return () => ({ status: taken++ < most ? 200 : 410 });
};

const engines = ENGINES.filter(
  (engine) => engine === 'pglite' || process.env['JISR_TEST_POSTGRES_URL'] !== undefined,
);

describe.each(engines)(`${EVENTS} events to five subscribers on %s`, (engine) => {
  let odoo: Simulator;
  let jisr: JisrProcess;
  let database: { url: string; drop: () => Promise<void> } | null = null;
  const subscribers = new Map<string, Subscriber>();
  const at = (name: string) => required(subscribers.get(name), `the subscriber ${name}`);
  const idOf = new Map<string, string>();

  async function add(name: string, behaviour: Behaviour, over: object): Promise<void> {
    const subscriber = await startSubscriber();
    subscriber.behave(behaviour);
    subscribers.set(name, subscriber);
    const body = { name, url: subscriber.url, filter: {}, ...over };
    const made = (await jisr.post('/api/v1/subscriptions', body)) as { id: string };
    idOf.set(name, made.id);
  }

  async function countOf(name: string, state: string): Promise<number> {
    let count = 0;
    let cursor = '';
    do {
      const query = `subscription=${idOf.get(name)}&state=${state}&limit=1000${cursor}`;
      const page = (await jisr.get(`/api/v1/deliveries?${query}`)) as Deliveries;
      count += page.deliveries.length;
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    return count;
  }

  beforeAll(async () => {
    odoo = await startSimulator({ seed: SEED });
    database = engine === 'postgres' ? await createTestDatabase() : null;
    jisr = await jisrProcess({
      ODOO_URL: odoo.url,
      ODOO_API_KEY: 'lab-key',
      ODOO_PULL_INTERVAL_MS: '500',
      ODOO_PULL_LIMIT: '1000',
      JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
      JISR_DELIVERY_SCHEDULE: `0,${Array.from({ length: 19 }, () => '0.5').join(',')}`,
      ...(database === null ? {} : { DATABASE_URL: database.url }),
    });
    await jisr.start();
    await add('quick', always, {});
    await add('slow', slowly, { ordered: true });
    await add('flaky', flakily(), { ordered: true });
    await add('gone', goneAfter(EVENTS / 4), {});
    await add('newest', flakily(), { coalesce: true, filter: { models: ['res.*'] } });
  }, 120_000);
  afterAll(async () => {
    await jisr.stop();
    jisr.remove();
    for (const subscriber of subscribers.values()) await subscriber.close();
    await database?.drop();
    await odoo.close();
  }, 60_000);

  test(
    'each gets what it asked for, whole, once, and in order where it asked for that',
    async () => {
      odoo.changeMany(EVENTS, { push: 'none' });
      await eventually(async () => {
        const { events } = (await jisr.get('/api/v1/stats')) as { events: Record<string, number> };
        const open = ['pending', 'processing', 'delivering'].map((state) => events[state] ?? 0);
        expect([...open, (events['processed'] ?? 0) + (events['dead_letter'] ?? 0)]).toEqual([
          0,
          0,
          0,
          EVENTS,
        ]);
        // A dead letter's other deliveries go on.
        expect(await jisr.get('/api/v1/deliveries?state=waiting&limit=1')).toMatchObject({ deliveries: [] });
      }, LONGEST_MS);
      // Asked before the long comparisons: meanwhile the connection would be closed, and nobody here would notice.
      const superseded = await countOf('newest', 'superseded');
      const goneNow = await jisr.get(`/api/v1/subscriptions/${idOf.get('gone')}`);

      const all = expectedOf(odoo, () => true);
      expect(all).toHaveLength(EVENTS);
      for (const name of ['quick', 'slow', 'flaky'])
        expect([name, differences(all, takenOf(at(name).received))]).toEqual([name, []]);
      for (const name of ['slow', 'flaky'])
        expect([name, outOfOrder(all, takenOf(at(name).received))]).toEqual([name, []]);
      expect(at('flaky').received.length).toBeGreaterThan(EVENTS * 1.2);

      const partners = expectedOf(odoo, ({ model }) => model.startsWith('res.'));
      const newest = takenOf(at('newest').received);
      expect(wronglyLeftOut(partners, newest)).toEqual([]);
      expect(differences(partners, newest).filter((finding) => !finding.startsWith('never came'))).toEqual(
        [],
      );
      expect(superseded).toBe(partners.length - newest.length);

      const gone = takenOf(at('gone').received);
      expect(differences(all, gone).filter((finding) => !finding.startsWith('never came'))).toEqual([]);
      expect(gone).toHaveLength(EVENTS / 4);
      // After its 410 only what was under way already still comes.
      expect(at('gone').received.length).toBeLessThan(EVENTS / 4 + 50);
      expect(goneNow).toMatchObject({ status: 'disabled' });
    },
    LONGEST_MS + 60_000,
  );
});
