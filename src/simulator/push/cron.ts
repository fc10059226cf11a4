// The clock of Odoo's cron: the next run, so long after the first row that waits for it.
// Knows nothing of what a run does.

export class Cron {
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly run: () => Promise<void>) {}

  /** Nothing, when a run is planned already. Null: it runs only when asked to. */
  plan(afterMs: number | null): void {
    if (this.timer !== null || afterMs === null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.run();
    }, afterMs);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
