// A database that is gone while the interface is up: callers are put off, and nothing leaks.
import { describeOnBothEngines } from '../support/stores';
import { startApi } from './running-api';

describeOnBothEngines('the database away', (open) => {
  test('is 503 with Retry-After on every path that needs it, and no statement in the log', async () => {
    const store = await open();
    const api = await startApi({ store });
    await store.close();
    try {
      for (const path of ['events?q=hush', 'events/hush', 'stats', 'sources']) {
        const answer = await api.get(`/api/v1/${path}`);
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('5');
        expect(answer.body).toMatchObject({ detail: expect.stringContaining('database') as unknown });
      }
      expect(api.lines.join('')).toContain('request put off');
      expect(api.lines.filter((line) => line.includes('select'))).toEqual([]);
    } finally {
      await api.close();
    }
  }, 60_000);
});
