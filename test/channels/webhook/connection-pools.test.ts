// How many connections are kept, and for whom.
import { createConnectionPools } from '../../../src/channels/webhook/connection-pools';

const pools = () => createConnectionPools({}, { idleOrigins: 2, connectionsPerOrigin: 1 });
const visit = (from: ReturnType<typeof pools>, origin: string) =>
  from.using(origin, (pool) => Promise.resolve(pool));

test('the pools used last are kept, the others closed', async () => {
  const kept = pools();
  const [a, b] = [await visit(kept, 'http://a'), await visit(kept, 'http://b')];
  expect(await visit(kept, 'http://a')).toBe(a);
  await visit(kept, 'http://c');
  expect([a.destroyed, b.destroyed]).toEqual([false, true]);
  expect(await visit(kept, 'http://b')).not.toBe(b);
  await kept.close();
});

test('a pool in use is never closed, and shared by its users', async () => {
  const kept = pools();
  await kept.using('http://a', async (a) => {
    for (const name of ['b', 'c', 'd']) await visit(kept, `http://${name}`);
    expect(a.destroyed).toBe(false);
    expect(await visit(kept, 'http://a')).toBe(a);
  });
  await kept.close();
});

test('a pool is given back when its work fails', async () => {
  const kept = pools();
  const failing = kept.using('http://a', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const a = await visit(kept, 'http://a');
  for (const name of ['b', 'c']) await visit(kept, `http://${name}`);
  expect(a.destroyed).toBe(true);
  await kept.close();
});

test('closing waits for what is under way, and nothing begins after it', async () => {
  const kept = pools();
  let finish = (): void => undefined;
  const done: string[] = [];
  const work = kept.using('http://a', () => new Promise<void>((resolve) => (finish = resolve)));
  const closing = kept.close().then(() => done.push('closed'));
  await expect(visit(kept, 'http://b')).rejects.toThrow('closed');
  finish();
  await work.then(() => done.push('work'));
  await closing;
  expect(done).toEqual(['work', 'closed']);
});
