// What was opened and has to be closed, the last first. Closing goes on when one of them fails.

/** Something that runs until it is stopped or fails. */
export interface Running {
  /** Rejects when it cannot go on; resolves after `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export class Closing {
  private readonly steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.steps.push(step);
  }

  /** @throws AggregateError of what could not be closed, after all was tried */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be closed');
  }
}
