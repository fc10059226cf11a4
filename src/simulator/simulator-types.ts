// What a test, a demo or a benchmark can ask of the simulated Odoo, and what it is told.
// Types only: nothing here runs.

import type { Change, LateCommit, NewChange } from './change-types';
import type { FaultBox } from './fault-types';
import type { Ledger } from './ledger-types';
import type { PushRecord, PushTarget } from './push/push-types';
import type { RequestLog } from './request-log';

export interface SimulatorOptions {
  /** 0, the default, takes a free port and keeps it over stop() and start(). */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Null: no key is configured in Odoo, so every key is refused. Default `lab-key`. */
  readonly apiKey?: string | null;
  /** The same seed and the same calls give the same changes. Default 1. */
  readonly seed?: number;
  /** Epoch ms. Default Date.now. */
  readonly now?: () => number;
  /** The first id of update.webhook, the table that pull reads. Default 1. */
  readonly firstPullId?: number;
  /** How far the ids of webhook.event, the push's own table, are ahead of it at the start. Default 0. */
  readonly pushSequenceOffset?: number;
  /** Whether a delete has a push too; by default it comes by pull alone, and the sequences drift apart. */
  readonly pushUnlinks?: boolean;
  /** Where changes are pushed to. Default null: nowhere. */
  readonly push?: PushTarget | null;
  /** Users that sync-state accepts. Default [1, 2]. */
  readonly userIds?: readonly number[];
  /** Without it every answer comes at once. */
  readonly pace?: Pace | null;
  readonly faults?: FaultBox['armed'];
  /** Pulls and marks kept in detail, the newest; counts are never dropped. Default 5,000. */
  readonly requestDetailsKept?: number;
}

/**
 * How long Odoo works on a request. Requests do not wait for each other: Odoo has several workers,
 * and a pull beside a mark is slowed by neither.
 */
export interface Pace {
  readonly servePer1000Ms: number;
  readonly markPer1000Ms: number;
  /** What an empty pull takes; it is part of every pull. */
  readonly basePullMs: number;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;

  readonly change: (change?: NewChange) => Change;
  readonly changeMany: (count: number, each?: NewChange) => readonly Change[];
  readonly lateCommit: (change?: NewChange) => LateCommit;
  /** False when there is no such row. */
  readonly deleteRow: (pullId: number) => boolean;
  /** The database was reset: the table is empty and both sequences begin again. */
  readonly resetIds: () => void;
  /** Push ids used up by something that pull never sees: a test event, a second subscriber. */
  readonly skipPushIds: (count: number) => void;
  /** What waits for the cron goes to the new target; null drops it. Throws when its URL is none. */
  readonly setPush: (target: PushTarget | null) => void;
  /** Sends everything that waits, priority `high` last; resolves when all of it is over. */
  readonly runCron: () => Promise<void>;
  /** The statuses answered to HEAD and POST; short by those without an answer. */
  readonly connectionTest: () => Promise<readonly number[]>;
  /** Takes a push id, so the sequences drift apart. Default model sale.order. */
  readonly testEvent: (model?: string) => Promise<PushRecord>;
  /** Resolves when no push is under way and none waits; rejects after timeoutMs, default 60,000. */
  readonly pushesIdle: (timeoutMs?: number) => Promise<void>;
  readonly setApiKey: (key: string | null) => void;
  readonly setPace: (pace: Pace | null) => void;

  readonly faults: FaultBox;
  readonly ledger: Ledger;
  readonly requests: RequestLog;
  /** Resolves as soon as it holds, asked after every request and every change; rejects after timeoutMs. */
  readonly until: (what: string, holds: () => boolean, timeoutMs?: number) => Promise<void>;

  /** An outage: the port refuses connections, open ones are cut. What changes meanwhile is still pushed. */
  readonly stop: () => Promise<void>;
  /** The end of the outage, on the same port, with the same rows. */
  readonly start: () => Promise<void>;
  /** Stops for good; open late commits stay uncommitted, pushes under way are aborted. */
  readonly close: () => Promise<void>;
}
