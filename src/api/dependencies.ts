// What the HTTP interface is given: the ports it works through, and what it must know of the configuration.
// Holds no behaviour.
import type { Secret } from '../config';
import type { BridgeControl, SourceRef } from '../control/bridge-control';
import type { Logger } from '../logger';
import type { Store } from '../store/database';
import type { TemporalUi } from './present';

export interface ApiSource extends SourceRef {
  /** As configured; null when this source only pushes. */
  readonly pull: { readonly intervalMs: number; readonly limitRows: number } | null;
}

export interface ApiDependencies {
  readonly store: Store;
  readonly control: BridgeControl;
  readonly sources: readonly ApiSource[];
  readonly adminKey: Secret;
  /** For links; without a base URL there are none. */
  readonly temporalUi: TemporalUi;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly startedAtMs: number;
}
