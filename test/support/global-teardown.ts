// Stops what global-setup started.
import { rmSync } from 'node:fs';

export default async function globalTeardown(): Promise<void> {
  const shared = globalThis.jisrShared;
  if (shared === undefined) return;
  await Promise.all([shared.postgres?.close(), shared.temporal.stop()]);
  rmSync(shared.folder, { recursive: true, force: true });
}
