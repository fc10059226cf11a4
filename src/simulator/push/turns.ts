// Lets so many tasks run at once; the others begin in the order in which they came.
// Knows nothing of what a task does.

export class Turns {
  private underWay = 0;
  private queue: (() => void)[] = [];
  private head = 0;

  /** The limit may change while tasks wait. */
  constructor(private readonly limit: () => number) {}

  async take<T>(task: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await task();
    } finally {
      this.underWay--;
      this.begin();
    }
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => {
      this.queue.push(resolve);
      this.begin();
    });
  }

  private begin(): void {
    while (this.underWay < this.limit()) {
      const next = this.queue[this.head];
      if (next === undefined) return;
      this.head++;
      this.underWay++;
      next();
      // Not shift(): it moves a queue of 100,000 once for each of them.
      if (this.head < 1000 || this.head * 2 < this.queue.length) continue;
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
  }
}
