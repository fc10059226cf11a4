// What a loaded configuration looks like: parsed once, complete, read only.
// Never holds a secret in the open: those are wrapped, so that logging a part of it gives nothing away.

import type { NativeConnectionOptions } from '@temporalio/worker';
import type { AppTypes } from '../domain/app-types';
import type { PriorityRule } from '../domain/priority-rules';
import type { ProcessingPolicy } from '../domain/processing';
import type { SubscriptionFilter } from '../domain/subscription';
import type { Secret } from './secret';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  /** The jisr.yaml that was read; null when there is none. */
  readonly configFile: string | null;
  /** Absolute. Holds the embedded store, the embedded Temporal's database, the admin key and the lock. */
  readonly dataDir: string;
  /** Null: the embedded start makes one and keeps it in the data folder. */
  readonly adminKey: Secret | null;
  readonly log: { readonly level: LogLevel };
  readonly http: HttpConfig;
  readonly store: StoreConfig;
  readonly temporal: TemporalConfig;
  /** The first one gets the pushes that name no source, and its events' keys carry no prefix. */
  readonly sources: readonly [SourceConfig, ...SourceConfig[]];
  readonly limits: LimitsConfig;
  readonly deliveries: DeliveriesConfig;
  readonly retention: RetentionConfig;
  /** The first that fits an event says how urgent it is. */
  readonly priorityRules: readonly PriorityRule[];
  /** Which events get a workflow of their own, and which go in batches. */
  readonly processing: ProcessingPolicy;
  /** Which models each app pulls. */
  readonly appTypes: AppTypes;
  /** Those that are there from the start, and that the HTTP interface does not change. */
  readonly subscriptions: readonly SubscriptionConfig[];
}

export interface HttpConfig {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How others reach this server, for links; without a slash at the end. */
  readonly publicUrl: string | null;
}

export type StoreConfig =
  /** PGlite in the data folder. */
  { readonly kind: 'embedded' } | { readonly kind: 'postgres'; readonly url: Secret };

export interface TemporalConfig {
  readonly server: TemporalServerConfig;
  readonly namespace: string;
  /** The Web UI, for links; without a slash at the end. Null: unknown, or the embedded server's own. */
  readonly uiUrl: string | null;
}

export type TemporalServerConfig =
  /** A dev server started beside Jisr. `cliPath`: the `temporal` program to take; null looks for one. */
  | { readonly kind: 'embedded'; readonly cliPath: string | null }
  | {
      readonly kind: 'external';
      readonly address: string;
      readonly tls: 'off' | 'server' | 'mutual';
      readonly apiKey: 'set' | 'not set';
      /** Address, TLS material, API key: for `NativeConnection.connect` and `Connection.connect` alike. */
      readonly connectionOptions: Secret<TemporalConnectionOptions>;
    };

/** The options that both kinds of connection of the SDK take. */
export type TemporalConnectionOptions = Pick<
  NativeConnectionOptions,
  'address' | 'apiKey' | 'metadata' | 'tls'
>;

export interface SourceConfig {
  readonly name: string;
  /** Null: this source only pushes. */
  readonly pull: PullConfig | null;
  /** Null: no credentials are configured, so every push is refused. */
  readonly push: PushConfig | null;
  /** This source's pushes and pulls count with one sequence of ids. */
  readonly sharedEventIds: boolean;
}

export interface PullConfig {
  /** Without a slash at the end. */
  readonly url: string;
  readonly apiKey: Secret;
  readonly intervalMs: number;
  readonly limitRows: number;
  readonly sweepIntervalMs: number;
  /** Odoo is told, in the name of this user, how far pulling has come. Null: it is not. */
  readonly syncUserId: number | null;
}

/** What a push must bring: one of those that are configured. */
export interface PushConfig {
  /** Taken as a Bearer token as well. */
  readonly apiKey: Secret | null;
  /** In lower case. */
  readonly apiKeyHeader: string;
  /** `user:password`, or the same in base64, as somebody typed it into Odoo. */
  readonly basic: Secret | null;
}

export interface DeliveriesConfig {
  /** Private addresses that webhooks may go to. */
  readonly allowCidrs: readonly string[];
  /** The wait before each attempt; as many attempts as waits. */
  readonly waitsMs: readonly [number, ...number[]];
  /** Nothing more is sent to a subscription, for a while, after so many failures in a row; 0: never. */
  readonly circuitFailures: number;
  /** So long a dead letter waits for a person. */
  readonly deadLetterDays: number;
  /** Encrypts the secrets of subscriptions. Null: the embedded start makes one and keeps it in the data folder. */
  readonly secretKey: Secret | null;
}

export interface RetentionConfig {
  /** Payloads of events that are done are dropped after so many days; 0: never. */
  readonly payloadDays: number;
}

export interface SubscriptionConfig {
  readonly name: string;
  readonly url: string;
  readonly filter: SubscriptionFilter;
  readonly ordered: boolean;
  readonly coalesce: boolean;
  /** Null without a limit. */
  readonly ratePerSecond: number | null;
  /** Null: one is made, and nobody has seen it; `rotate-secret` shows one. */
  readonly secret: Secret | null;
}

export interface LimitsConfig {
  /** Pulling holds while more events than this wait in the inbox. */
  readonly maxPendingEvents: number;
  readonly maxInFlightEvents: number;
  /** Above this rate the endpoint for pushes starts nothing itself. */
  readonly pushStartsPerSecond: number;
  /** Of a push. */
  readonly maxBodyBytes: number;
}

/** What the command line needs to reach a running Jisr. */
export interface ClientConfig {
  readonly url: string;
  readonly apiKey: Secret | null;
}
