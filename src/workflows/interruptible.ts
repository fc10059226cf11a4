// An activity that a signal may cut short while it waits for its next try.
// Cancels only its own work: a cancellation of the workflow itself goes on its way.
import { CancellationScope, isCancellation } from '@temporalio/workflow';

export class Interruptible {
  private scope: CancellationScope | null = null;

  isRunning(): boolean {
    return this.scope !== null;
  }

  interrupt(): void {
    this.scope?.cancel();
  }

  async run<T>(work: () => Promise<T>): Promise<T | 'interrupted'> {
    const scope = new CancellationScope();
    this.scope = scope;
    try {
      return await scope.run(work);
    } catch (error) {
      if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return 'interrupted';
      throw error;
    } finally {
      this.scope = null;
    }
  }
}
