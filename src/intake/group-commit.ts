// Callers that come while a transaction is under way wait together and go into the next one as a group.
// So a lock or a commit is paid once per group. Knows nothing of what the work is.

export interface GroupCommit<In, Out> {
  /** Settles when the group that holds `item` is done. */
  add(item: In): Promise<Out>;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

/** Where nobody waits for one item, larger groups cost less. */
export interface Gathering {
  /** While others are, a group that is not full waits for them. Asked again at each that comes. */
  readonly areOthersComing: () => boolean;
  /** No longer than this. */
  readonly withinMs: number;
}

/**
 * @param work does a whole group; answers in the order of the items
 * @param sizeOf an item's share of `maxSize`; one larger item makes a group of its own
 * @param gathering without it a group goes as soon as the one before is done
 */
export function createGroupCommit<In, Out>(
  work: (items: readonly In[]) => Promise<readonly Out[]>,
  maxSize: number,
  sizeOf: (item: In) => number = () => 1,
  gathering: Gathering | null = null,
): GroupCommit<In, Out> {
  const queue: Waiting<In, Out>[] = [];
  let running = false;
  let onComing: () => void = () => undefined;

  async function gather({ areOthersComing, withinMs }: Gathering): Promise<void> {
    const waits = () => areOthersComing() && queue.reduce((sum, { item }) => sum + sizeOf(item), 0) < maxSize;
    if (!waits()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      onComing = () => {
        if (waits()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    onComing = () => undefined;
  }

  function takeGroup(): readonly Waiting<In, Out>[] {
    let size = 0;
    let count = 0;
    for (const { item } of queue) {
      size += sizeOf(item);
      if (count > 0 && size > maxSize) break;
      count += 1;
    }
    return queue.splice(0, count);
  }

  async function runGroups(): Promise<void> {
    // One turn of the loop, so that requests read from the sockets in the same turn form a group.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      if (gathering !== null) await gather(gathering);
      const group = takeGroup();
      try {
        const outs = await work(group.map(({ item }) => item));
        group.forEach(({ resolve, reject }, place) => {
          const out = outs[place];
          if (out === undefined) reject(new Error('the work of a group answered too little'));
          else resolve(out);
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running = false;
  }

  return {
    add: (item) =>
      new Promise<Out>((resolve, reject) => {
        queue.push({ item, resolve, reject });
        onComing();
        if (running) return;
        running = true;
        void runGroups();
      }),
  };
}
