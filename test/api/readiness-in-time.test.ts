// Readiness when parts hang: whoever probes it gets an answer before he gives up himself.
import { openTestStore } from '../support/stores';
import { fakeControl } from './fake-control';
import { startApi } from './running-api';

const never = () => new Promise<never>(() => undefined);

test('a store and a Temporal that hang are both said within 8 s, and keep no other check back', async () => {
  const store = await openTestStore('pglite');
  const control = { ...fakeControl(), dispatchStatus: never };
  const api = await startApi({ store: { ...store, ping: never }, control });
  const startedMs = Date.now();
  try {
    expect(await api.get('/readyz')).toMatchObject({
      status: 503,
      body: {
        checks: {
          store: { ok: false, detail: 'no answer within 2 s' },
          temporal: { ok: false, detail: 'no answer within 6 s' },
          dispatch: { ok: true },
          'source:main': { ok: true },
        },
      },
    });
    expect(Date.now() - startedMs).toBeLessThan(8_000);
  } finally {
    await api.close();
    await store.close();
  }
}, 60_000);
