// The plain route on an empty store of the same engine.
import { z } from 'zod';
import type { Lab } from './lab';
import type { Setup } from './setups';

const opened = z.object({ url: z.url() });

export interface PlainRoute {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function openPlainRoute(lab: Lab, setup: Setup): Promise<PlainRoute> {
  const child = lab.child('plain-route.ts');
  const { url } = await child.ask('open', await lab.emptyStore(setup), opened);
  return { url, stop: child.stop };
}
