// Makes a backlog while processing is paused, and measures how fast it goes.
import type { Bridge } from './bridge';
import type { Pusher } from './pusher';

/** Events a second, from the resuming until all are processed. */
export async function processingRate(
  bridge: Bridge,
  pusher: Pusher,
  { count, model }: { readonly count: number; readonly model?: string },
): Promise<number> {
  const before = (await bridge.states())['processed'] ?? 0;
  await bridge.pauseProcessing();
  await pusher.pushInBatches(bridge, count, model);
  const startMs = performance.now();
  await bridge.resumeProcessing();
  await bridge.processed(before + count);
  return count / ((performance.now() - startMs) / 1000);
}
