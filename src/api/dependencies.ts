// What the HTTP interface is given: the ports it works through, and what it must know of the configuration.
// Holds no behaviour.
import type { AddressGuard } from '../channels/webhook/address-guard';
import type { WebhookSender } from '../channels/webhook/sender';
import type { LimitsConfig, PushConfig, Secret } from '../config';
import type { DispatchBell, EventRuns } from '../contracts/event-runs';
import type { ReplayRuns } from '../contracts/replay-runs';
import type { AppTypes } from '../domain/app-types';
import type { BridgeControl, SourceRef } from '../control/bridge-control';
import type { PushBurst } from '../control/push-burst';
import type { PushStarts } from '../control/push-starts';
import type { Intake } from '../intake/accept';
import type { IntakeSource } from '../intake/accepted';
import type { Logger } from '../logger';
import type { Metrics } from '../metrics';
import type { Store } from '../store/database';
import type { SecretBox } from '../store/secret-box';
import type { Tracing } from '../tracing';
import type { Looks } from './doctor/looks';
import type { Feed } from './live/feed';
import type { TemporalUi } from './present';

export interface ApiSource extends SourceRef {
  /** As configured; null when this source only pushes. */
  readonly pull: {
    readonly intervalMs: number;
    readonly limitRows: number;
    readonly sweepIntervalMs: number;
  } | null;
  /** What its pushes must bring; null refuses them all. */
  readonly push: PushConfig | null;
  readonly intake: IntakeSource;
}

export interface ApiDependencies {
  readonly store: Store;
  readonly control: BridgeControl;
  readonly sources: readonly ApiSource[];
  readonly intake: Intake;
  /** For those who read along. */
  readonly feed: Feed;
  readonly starts: PushStarts;
  readonly burst: PushBurst;
  readonly bell: DispatchBell;
  readonly runs: EventRuns;
  readonly replayRuns: ReplayRuns;
  readonly secretBox: SecretBox;
  readonly webhooks: {
    /** For tests of subscriptions; events go out from the workers. */
    readonly sender: Pick<WebhookSender, 'send'>;
    readonly refuses: AddressGuard;
  };
  readonly looks: Looks;
  readonly limits: Pick<LimitsConfig, 'maxPendingEvents' | 'maxBodyBytes'>;
  readonly adminKey: Secret;
  /** Opens /metrics only; null where there is none. */
  readonly metricsKey: Secret | null;
  readonly metrics: Metrics;
  /** What Temporal's SDK measures in this process, as text. */
  readonly sdkMetrics: () => Promise<string>;
  /** Null: no traces. */
  readonly tracing: Tracing | null;
  /** Which models each app pulls. */
  readonly appTypes: AppTypes;
  /** For links; without a base URL there are none. */
  readonly temporalUi: TemporalUi;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly startedAtMs: number;
}
