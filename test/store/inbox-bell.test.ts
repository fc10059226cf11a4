// The bell of the inbox: heard in this process at once, in others by few statements, and never in anybody's way.
import { createLocalBell, createSharedBell } from '../../src/store/inbox-bell';

test('all who listen hear a ring, until they listen no more', () => {
  const bell = createLocalBell();
  const heard: string[] = [];
  const stop = bell.listen(() => heard.push('one'));
  bell.listen(() => heard.push('two'));
  bell.ring();
  stop();
  bell.ring();
  expect(heard).toEqual(['one', 'two', 'two']);
});

test('a thousand rings are two statements', async () => {
  const statements: string[] = [];
  let second: () => void = () => undefined;
  const sentTwice = new Promise<void>((resolve) => (second = resolve));
  const bell = createSharedBell({}, (statement) => {
    if (statements.push(statement) === 2) second();
    return Promise.resolve();
  });
  for (let ring = 0; ring < 1_000; ring += 1) bell.ring();
  // Whoever rings goes on first.
  expect(statements).toEqual([]);
  await sentTwice;
  expect(new Set(statements)).toEqual(new Set(["select pg_notify('jisr_inbox', '')"]));
  await bell.close();
  bell.ring();
  expect(statements).toHaveLength(2);
});

test('a database that does not answer holds nobody up, and fails nobody', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const bell = createSharedBell({}, () => Promise.reject(new Error('away')));
  bell.ring();
  await bell.close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
