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
  /** A group goes when so many wait: all that are under way, or what fills it. Asked again at each that comes; */
  readonly enough: () => number;
  /** or after so long. */
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

  /** Without gathering one turn of the loop, so that requests read from the sockets in the same turn form a group. */
  async function gather(): Promise<void> {
    if (gathering === null) return new Promise((resolve) => setImmediate(resolve));
    if (queue.length >= gathering.enough()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gathering.withinMs);
      onComing = () => {
        if (queue.length < gathering.enough()) return;
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
    await gather();
    while (queue.length > 0) {
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
      if (gathering !== null && queue.length > 0) await gather();
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
