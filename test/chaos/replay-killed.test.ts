// kill -9 in the middle of a bulk replay: it goes on where it was, hands every event on once, and live events flow.
import { eventually } from '../support/bridge';
import { KILLS, startWholeBridge, type WholeBridge } from '../support/whole-bridge';

interface Shown {
  readonly state: string;
  readonly planned: number;
  readonly done: number;
  readonly skipped: number;
}

const EVENTS = 400;

describe.each(KILLS)('kill -9 %s in the middle of a replay', (_, how) => {
  let bridge: WholeBridge;

  beforeAll(async () => {
    bridge = await startWholeBridge();
  }, 120_000);
  afterAll(() => bridge.close(), 60_000);

  const processed = (events: number) =>
    eventually(async () => {
      const stats = (await bridge.jisr.get('/api/v1/stats')) as { events: Record<string, number> };
      expect(stats.events).toMatchObject({ processed: events, pending: 0, processing: 0, delivering: 0 });
    }, 120_000);

  test('twice, it hands every event on once, and what comes meanwhile is delivered', async () => {
    const { odoo, subscriber, jisr } = bridge;
    await jisr.post('/api/v1/subscriptions', { name: 'crm', url: subscriber.url, filter: {} });
    odoo.changeMany(EVENTS);
    await processed(EVENTS);
    const { id } = (await jisr.post('/api/v1/replays', {
      filter: { source: 'main' },
      only: 'all',
      rate_per_second: 40,
      reason: 'a test',
    })) as { id: string };
    const show = async () => (await jisr.get(`/api/v1/replays/${id}`)) as Shown;
    for (const kill of [1, 2]) {
      await eventually(async () => {
        expect((await show()).done).toBeGreaterThan((kill * EVENTS) / 5);
      }, 60_000);
      expect((await show()).state).toBe('running');
      await jisr[how]();
      odoo.changeMany(10);
      await jisr.start();
    }
    await eventually(async () => {
      expect(await show()).toMatchObject({ state: 'done', planned: EVENTS, done: EVENTS, skipped: 0 });
    }, 120_000);
    await processed(EVENTS + 20);

    const times = new Map<string, number>();
    for (const { id: webhookId } of subscriber.taken()) times.set(webhookId, (times.get(webhookId) ?? 0) + 1);
    const counts = [...times.values()];
    expect(counts).toHaveLength(EVENTS + 20);
    expect(counts.filter((count) => count >= 2).length).toBeGreaterThanOrEqual(EVENTS);
    // A kill may cut off the note that one was taken; that is a repetition under the same id, and rare.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(2 * EVENTS + 20 + 200);
    const { events } = (await jisr.get('/api/v1/events?limit=1000&order=asc')) as {
      events: { key: string }[];
    };
    for (const { key } of events.slice(0, EVENTS)) {
      const { actions } = (await jisr.get(`/api/v1/events/${encodeURIComponent(key)}`)) as {
        actions: { replay: string | null }[];
      };
      expect(actions.map(({ replay }) => replay)).toEqual([id]);
    }
  }, 400_000);
});
