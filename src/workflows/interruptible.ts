// Activities that a signal may cut short while they wait for their next try.
// Cancels only its own work: a cancellation of the workflow itself goes on its way.
import { CancellationScope, isCancellation } from '@temporalio/workflow';

export class Interruptible {
  private readonly scopes = new Set<CancellationScope>();

  isRunning(): boolean {
    return this.scopes.size > 0;
  }

  interrupt(): void {
    for (const scope of this.scopes) scope.cancel();
  }

  async run<T>(work: () => Promise<T>): Promise<T | 'interrupted'> {
    const scope = new CancellationScope();
    this.scopes.add(scope);
    try {
      return await scope.run(work);
    } catch (error) {
      if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return 'interrupted';
      throw error;
    } finally {
      this.scopes.delete(scope);
    }
  }
}
