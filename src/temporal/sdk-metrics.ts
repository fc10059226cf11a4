// What Temporal's SDK measures in this process. Its native part offers that at a port of this machine only; here it is
// read from there, to be shown beside our own.
import { messageOf } from '../system-error';

const WITHIN_MS = 2_000;

/** Never fails: what cannot be read is a comment that says so. */
export function readSdkMetrics(port: number): () => Promise<string> {
  return async () => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      return await answer.text();
    } catch (error) {
      return `# what Temporal's SDK measures cannot be read: ${messageOf(error).replaceAll('\n', ' ')}\n`;
    }
  };
}
