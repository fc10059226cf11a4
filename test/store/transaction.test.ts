// The transaction of the hot paths: fewer round trips, and the same promises.
import { sql } from 'drizzle-orm';
import { sendNow, transaction, type Database } from '../../src/store/database';
import { innermostMessage } from '../../src/store/errors';
import { describeOnBothEngines, type TestStore } from '../support/stores';

describeOnBothEngines('a transaction of the hot paths', (open) => {
  let store: TestStore;
  const OPENING = `select set_config('enable_seqscan', 'off', true)`;
  const broken = sql`select 1 / 0`;

  beforeAll(async () => {
    store = await open();
  }, 30_000);
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  test('commits what was sent last, and answers what work answers', async () => {
    const answer = await transaction(store.db, OPENING, (tx, last) => {
      last(sendNow(setCounter(tx, 7)));
      return Promise.resolve('done');
    });
    expect(answer).toBe('done');
    expect(await readCounter(store.db)).toBe(7);
  });

  test('in which the last statement fails keeps nothing, and says why', async () => {
    const failing = transaction(store.db, OPENING, async (tx, last) => {
      await setCounter(tx, 7);
      last(sendNow(tx.execute(broken)));
      last(sendNow(setCounter(tx, 8)));
    });
    expect(await reason(failing)).toMatch(/division by zero/);
    expect(await readCounter(store.db)).toBeNull();
  });

  test('whose opening fails does nothing of its work, and says why, not that it was aborted', async () => {
    const failing = transaction(store.db, 'select 1 / 0', async (tx) => {
      await setCounter(tx, 7);
    });
    expect(await reason(failing)).toMatch(/division by zero/);
    expect(await readCounter(store.db)).toBeNull();
  });

  test('in which a failure is swallowed is no success', async () => {
    const swallowed = transaction(store.db, OPENING, async (tx) => {
      await setCounter(tx, 7);
      await tx.execute(broken).catch(() => undefined);
    });
    expect(await reason(swallowed)).toMatch(/ended with ROLLBACK/);
    expect(await readCounter(store.db)).toBeNull();
  });

  test('whose work throws keeps nothing, and leaves a connection that works', async () => {
    for (let n = 0; n < 12; n += 1) {
      const failing = transaction(store.db, OPENING, async (tx, last) => {
        last(sendNow(setCounter(tx, n)));
        await Promise.resolve();
        throw new Error('no more');
      });
      expect(await reason(failing)).toBe('no more');
    }
    expect(await readCounter(store.db)).toBeNull();
    await transaction(store.db, OPENING, (tx) => sendNow(setCounter(tx, 9)));
    expect(await readCounter(store.db)).toBe(9);
  });
});

function setCounter(db: Database, value: number) {
  return db.execute(sql`insert into counters (source, name, value) values ('main', 'accepted', ${value})`);
}

async function readCounter(db: Database): Promise<number | null> {
  const { rows } = await db.execute<{ value: number }>(sql`select value from counters`);
  return rows[0]?.value ?? null;
}

async function reason(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => 'it succeeded',
    (error: unknown) => innermostMessage(error),
  );
}
