// Free ports for the Temporal server. It keeps them in PostgreSQL as a smallint: above 32,767 it does not start,
// and that is where systems look for free ports by themselves.
import { randomInt } from 'node:crypto';
import { isPortFree } from '../../src/temporal/free-ports';

export async function lowFreePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(10_000, 32_000);
    if (await isPortFree(port)) ports.add(port);
  }
  return [...ports];
}
