import { createGroupCommit } from '../../src/intake/group-commit';

/** Keeps the groups that it was given; answers each item doubled. */
function keepingGroups() {
  const groups: (readonly number[])[] = [];
  const work = (items: readonly number[]): Promise<readonly number[]> => {
    groups.push(items);
    return Promise.resolve(items.map((item) => item * 2));
  };
  return { groups, work };
}

const one = () => 1;

describe('a group commit', () => {
  test('takes together what comes in one turn, and answers each its own', async () => {
    const { groups, work } = keepingGroups();
    const commit = createGroupCommit(work, 10);
    expect(await Promise.all([commit.add(1), commit.add(2), commit.add(3)])).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  test('takes what comes while a group is at work as the next, no larger than is allowed', async () => {
    const { groups, work } = keepingGroups();
    const later: Promise<number>[] = [];
    const commit = createGroupCommit(async (items: readonly number[]) => {
      if (groups.length === 0) later.push(commit.add(2), commit.add(3), commit.add(4));
      return work(items);
    }, 2);
    expect(await commit.add(1)).toBe(2);
    expect(await Promise.all(later)).toEqual([4, 6, 8]);
    expect(groups).toEqual([[1], [2, 3], [4]]);
  });

  test('gives a failure to its own group only', async () => {
    const failing = createGroupCommit((items: readonly number[]) => {
      if (items.includes(1)) return Promise.reject(new Error('refused'));
      return Promise.resolve(items);
    }, 1);
    const outcomes = await Promise.allSettled([failing.add(1), failing.add(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('that gathers waits until all have come that are under way', async () => {
    const { groups, work } = keepingGroups();
    let coming = 3;
    const commit = createGroupCommit(work, 10, one, {
      areOthersComing: () => coming > 0,
      withinMs: 3_600_000,
    });
    const come = (item: number) => {
      coming -= 1;
      return commit.add(item);
    };
    const first = come(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(groups).toEqual([]);
    expect(await Promise.all([first, come(2), come(3)])).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  test('that gathers waits no longer than it may', async () => {
    const { groups, work } = keepingGroups();
    const commit = createGroupCommit(work, 10, one, { areOthersComing: () => true, withinMs: 5 });
    expect(await commit.add(1)).toBe(2);
    expect(await commit.add(2)).toBe(4);
    expect(groups).toEqual([[1], [2]]);
  });

  test('that gathers gathers the next group too', async () => {
    const { groups, work } = keepingGroups();
    const commit = createGroupCommit(work, 2, one, { areOthersComing: () => true, withinMs: 3_600_000 });
    const firstThree = [commit.add(1), commit.add(2), commit.add(3)];
    expect(await Promise.all([...firstThree, commit.add(4)])).toEqual([2, 4, 6, 8]);
    expect(groups).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
