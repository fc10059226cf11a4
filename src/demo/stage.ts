// What a step of the demo can use.
import type { Simulator } from '../simulator/simulator-types';
import type { BridgeClient } from './bridge-client';
import type { StreamReader } from './stream-reader';
import type { Subscriber } from './subscriber';

/** The source that the environment configures. */
export const SOURCE = 'main';

export interface Stage {
  readonly odoo: Simulator;
  readonly subscriber: Subscriber;
  readonly stream: StreamReader;
  readonly client: BridgeClient;
  readonly pushUrl: string;
  readonly pushKey: string;
  /** Waits until it holds, or until the patience is over. */
  readonly until: (holds: () => Promise<boolean> | boolean) => Promise<boolean>;
  /** Waits until nothing is left to push, pull, acknowledge, process or deliver. */
  readonly settle: (what: string) => Promise<void>;
}
