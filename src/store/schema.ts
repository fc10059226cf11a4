// The tables of the inbox and what belongs to it, for PGlite and PostgreSQL alike.
// Change it with a new migration (`npm run migrations`); a migration that has been released is never edited.
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import {
  CHANNELS,
  OPERATIONS,
  type Channel,
  type Json,
  type JsonObject,
  type Operation,
} from '../domain/event';
import { DELIVERY_STATES, type DeliveryState } from '../domain/delivery';
import { EVENT_ACTIONS, type EventAction } from '../domain/event-action';
import { EVENT_STATES, type EventState } from '../domain/event-state';
import {
  BULK_ACTS,
  REPLAY_SCOPES,
  REPLAY_STATES,
  type BulkAct,
  type ReplayScope,
  type ReplayState,
  type ReplayWait,
  type RunToTell,
  type SkipCounts,
} from '../domain/replay';
import {
  SUBSCRIPTION_STATUSES,
  type SubscriptionFilter,
  type SubscriptionStatus,
} from '../domain/subscription';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`);

/** The inbox: one row is one change of one record. Accepted means: this row is committed. */
export const events = pgTable(
  'events',
  {
    /** Order of acceptance. */
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    /** The event's name and its workflow id. */
    key: text('key').notNull(),
    source: text('source').notNull(),
    /** The channel of its first copy. */
    channel: text('channel').$type<Channel>().notNull(),
    pushId: text('push_id'),
    pullId: text('pull_id'),
    model: text('model').notNull(),
    recordId: bigint('record_id', { mode: 'number' }).notNull(),
    operation: text('operation').$type<Operation>().notNull(),
    occurredAt: time('occurred_at').notNull(),
    receivedAt: time('received_at').notNull().defaultNow(),
    processedAt: time('processed_at'),
    /** 1 high, 3 medium, 5 low. */
    priority: smallint('priority').notNull(),
    category: text('category'),
    userId: bigint('user_id', { mode: 'number' }),
    userName: text('user_name'),
    changedFields: jsonb('changed_fields').$type<readonly string[]>(),
    payload: jsonb('payload').$type<JsonObject>(),
    /** Its time was over: the payload is gone, everything else stays. */
    payloadDroppedAt: time('payload_dropped_at'),
    status: text('status').$type<EventState>().notNull().default('pending'),
    /** Pending: somebody is starting it until then. Processing, delivering: look after it from then on. */
    leaseUntil: time('lease_until'),
    /** The workflow that is to have it, has it in hand, or had it last. */
    workflowId: text('workflow_id'),
    /** Every run that ever took it, the newest last: a repeat of one of these changes nothing. */
    runIds: text('run_ids')
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (t) => [
    uniqueIndex('events_key').on(t.key),
    // The lists': what somebody asks for by one value, in the order of acceptance. An event is written three times, and
    // every index with it each time, so each says what it is for.
    // An id of Odoo's, of whatever source; the door looks for copies by both columns.
    index('events_push_id')
      .on(t.pushId, t.source)
      .where(sql`push_id is not null`),
    index('events_pull_id')
      .on(t.pullId, t.source)
      .where(sql`pull_id is not null`),
    // What happened to a record; the number alone is few rows too.
    index('events_record').on(t.recordId, t.model, t.seq),
    // Since and until.
    index('events_received').on(t.receivedAt, t.seq),
    // A model or a source with few events: without these, its list reads all the others'.
    index('events_model').on(t.model, t.seq),
    index('events_source').on(t.source, t.seq),
    // The dispatcher's: what waits for its first run, and what waits for one more, by rank; what waits, by record;
    // what is being started; what is in hand.
    index('events_waiting_first')
      .on(t.source, t.priority, t.seq)
      .where(sql`status = 'pending' and run_ids = '{}'`),
    index('events_waiting_again')
      .on(t.source, t.priority, t.seq)
      .where(sql`status = 'pending' and run_ids <> '{}'`),
    index('events_waiting_record')
      .on(t.source, t.model, t.recordId, t.seq)
      .where(sql`status = 'pending'`),
    index('events_starting')
      .on(t.leaseUntil)
      .where(sql`status = 'pending' and lease_until is not null`),
    index('events_in_hand')
      .on(t.status, t.leaseUntil)
      .where(sql`status in ('processing', 'delivering')`),
    // What stays in a state that most events never have. `processed` is nearly all; what is pending or processing is
    // bounded, and in the dispatcher's indexes.
    index('events_failed')
      .on(t.status, t.seq)
      .where(sql`status in ('delivering', 'dead_letter', 'discarded')`),
    check('events_channel', oneOf('channel', CHANNELS)),
    check('events_operation', oneOf('operation', OPERATIONS)),
    check('events_status', oneOf('status', EVENT_STATES)),
    check('events_priority', sql`priority in (1, 3, 5)`),
  ],
);

/** Which copies of an event came, by which channel, with which content. */
export const eventCopies = pgTable(
  'event_copies',
  {
    eventSeq: bigint('event_seq', { mode: 'number' })
      .notNull()
      .references(() => events.seq, { onDelete: 'cascade' }),
    source: text('source').notNull(),
    channel: text('channel').$type<Channel>().notNull(),
    fingerprint: bytea('fingerprint').notNull(),
    externalId: text('external_id').notNull(),
    /** The event's own time, for the search of twins. */
    occurredAt: time('occurred_at').notNull(),
    firstAt: time('first_at').notNull().defaultNow(),
    lastAt: time('last_at').notNull().defaultNow(),
    times: integer('times').notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.eventSeq, t.channel, t.fingerprint] }),
    index('event_copies_fingerprint').on(t.source, t.fingerprint, t.occurredAt),
  ],
);

/** Numbers kept in the transaction that changes them: nobody ever counts a million rows. */
export const counters = pgTable(
  'counters',
  {
    source: text('source').notNull(),
    name: text('name').notNull(),
    value: bigint('value', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.name] })],
);

/** What was set at run time: it outlives restarts and wins over the configuration. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').$type<Json>().notNull(),
  updatedAt: time('updated_at').notNull().defaultNow(),
});

/** How the last polls of a source went. */
export const sourceHealth = pgTable('source_health', {
  source: text('source').primaryKey(),
  lastSuccessAt: time('last_success_at'),
  failingSince: time('failing_since'),
  lastErrorAt: time('last_error_at'),
  lastErrorCode: text('last_error_code'),
  lastErrorMessage: text('last_error_message'),
});

/** What could not be understood or stored, raw. Never dropped by Jisr itself. */
export const quarantine = pgTable(
  'quarantine',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    source: text('source').notNull(),
    channel: text('channel').$type<Channel>().notNull(),
    reason: text('reason').notNull(),
    /** The JSON as it came, UTF-8. Bytes, because text and jsonb refuse some of what can come. */
    raw: bytea('raw').notNull(),
    /** The id of a pulled row in Odoo's table; null for pushes. */
    pullId: text('pull_id'),
    /** SHA-256 of `raw`: a sweep brings the same row again. */
    digest: bytea('digest').notNull(),
    status: text('status').$type<'open' | 'discarded' | 'retried'>().notNull().default('open'),
    /** Who closed it, when and why, and the event that it became. */
    settledAt: time('settled_at'),
    settledBy: text('settled_by'),
    settledReason: text('settled_reason'),
    retriedKey: text('retried_key'),
    /** Settled long ago: what came is gone, everything else stays. */
    rawDroppedAt: time('raw_dropped_at'),
    firstAt: time('first_at').notNull().defaultNow(),
    lastAt: time('last_at').notNull().defaultNow(),
    times: integer('times').notNull().default(1),
  },
  (t) => [
    uniqueIndex('quarantine_digest').on(t.source, t.channel, t.digest),
    // Whether a pulled id is here.
    index('quarantine_pull_id')
      .on(t.pullId, t.source)
      .where(sql`pull_id is not null`),
    // Most are settled one day; what is open is what somebody asks for.
    index('quarantine_open')
      .on(t.id)
      .where(sql`status = 'open'`),
    check('quarantine_status', oneOf('status', ['open', 'discarded', 'retried'])),
  ],
);

/** Who wants which events, and where they go. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    filter: jsonb('filter').$type<SubscriptionFilter>().notNull(),
    channel: text('channel').$type<'webhook'>().notNull(),
    url: text('url').notNull(),
    /** Encrypted. */
    secret: text('secret').notNull(),
    status: text('status').$type<SubscriptionStatus>().notNull().default('active'),
    /** Why it is not active, for people. */
    statusReason: text('status_reason'),
    /** Encrypted; it signs beside the new one until `previousSecretUntil`. */
    previousSecret: text('previous_secret'),
    previousSecretUntil: time('previous_secret_until'),
    /** Per record, the next delivery waits until the one before it is sent, discarded or dead. */
    ordered: boolean('ordered').notNull().default(false),
    /** Of the waiting writes of a record only the newest is sent. */
    coalesce: boolean('coalesce').notNull().default(false),
    /** Attempts per second at most; null without a limit. */
    ratePerSecond: integer('rate_per_second'),
    /** It stands in the configuration, which has the last word at every start. */
    seeded: boolean('seeded').notNull().default(false),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    // A deleted one stays, for its deliveries; its name is free again.
    uniqueIndex('subscriptions_name')
      .on(t.name)
      .where(sql`status <> 'deleted'`),
    check('subscriptions_status', oneOf('status', SUBSCRIPTION_STATUSES)),
  ],
);

/** One event on its way to one subscription. */
export const deliveries = pgTable(
  'deliveries',
  {
    /** The `webhook-id`: the same over all attempts and replays. */
    id: text('id').primaryKey(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    eventSeq: bigint('event_seq', { mode: 'number' })
      .notNull()
      .references(() => events.seq, { onDelete: 'cascade' }),
    subscriptionId: text('subscription_id')
      .notNull()
      .references(() => subscriptions.id),
    state: text('state').$type<DeliveryState>().notNull().default('waiting'),
    /** All attempts ever made. */
    attempts: integer('attempts').notNull().default(0),
    /** Attempts since it was opened: where it stands in the schedule. */
    tries: integer('tries').notNull().default(0),
    nextAttemptAt: time('next_attempt_at'),
    /** Its destination takes no first try now; it waits as if it had been tried. */
    putOff: boolean('put_off').notNull().default(false),
    /** `source model/record`, where its subscription is ordered or coalesces; else null. */
    record: text('record'),
    /** Somebody asked for a retry or a replay: the next run opens it. */
    toOpen: boolean('to_open').notNull().default(false),
    /** Why its last attempt failed; null before the first, and after a success. */
    errorClass: text('error_class'),
    createdAt: time('created_at').notNull().defaultNow(),
    settledAt: time('settled_at'),
  },
  (t) => [
    uniqueIndex('deliveries_seq').on(t.seq),
    index('deliveries_event').on(t.eventSeq),
    index('deliveries_open')
      .on(t.subscriptionId, t.seq)
      .where(sql`state in ('waiting', 'dead')`),
    // Dead letters by what failed and where.
    index('deliveries_dead')
      .on(t.subscriptionId, t.errorClass, t.eventSeq)
      .where(sql`state = 'dead'`),
    // The log of one subscription.
    index('deliveries_subscription').on(t.subscriptionId, t.seq),
    // Whether another one of the record stands before it, or a newer one behind it.
    index('deliveries_record')
      .on(t.subscriptionId, t.record, t.eventSeq)
      .where(sql`state = 'waiting' and record is not null`),
    check('deliveries_state', oneOf('state', DELIVERY_STATES)),
  ],
);

/** A subscription whose attempts fail. There is no row while they go well. */
export const circuits = pgTable('circuits', {
  subscriptionId: text('subscription_id')
    .primaryKey()
    .references(() => subscriptions.id, { onDelete: 'cascade' }),
  /** Failed attempts since the last success. */
  failures: integer('failures').notNull(),
  failingSince: time('failing_since').notNull().defaultNow(),
  /** Nothing is sent until then; afterwards one attempt probes. Null while it is closed. */
  openUntil: time('open_until'),
  /** How often in a row it opened: it stays open longer each time. */
  timesOpened: integer('times_opened').notNull().default(0),
});

/** What Jisr did by itself and an operator has to know. */
export const notices = pgTable('notices', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  at: time('at').notNull().defaultNow(),
  kind: text('kind').notNull(),
  /** What it is about, such as the id of a subscription. */
  subject: text('subject').notNull(),
  message: text('message').notNull(),
});

/** How far Jisr has come with each model of a source. */
export const syncStates = pgTable(
  'sync_states',
  {
    source: text('source').notNull(),
    model: text('model').notNull(),
    lastEventKey: text('last_event_key').notNull(),
    lastOccurredAt: time('last_occurred_at').notNull(),
    lastReceivedAt: time('last_received_at').notNull().defaultNow(),
    events: bigint('events', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.model] })],
);

/** How far a device has come with what it pulls. */
export const deviceStates = pgTable(
  'device_states',
  {
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    deviceId: text('device_id').notNull(),
    appType: text('app_type').notNull(),
    /** The last event that it was given. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    lastSyncAt: time('last_sync_at'),
    syncCount: bigint('sync_count', { mode: 'number' }).notNull().default(0),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.deviceId, t.appType] })],
);

/** Every attempt that was made. */
export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    at: time('at').notNull().defaultNow(),
    /** The HTTP status; null when no answer came. */
    status: integer('status'),
    durationMs: integer('duration_ms').notNull(),
    /** The beginning of the answer, in the subscriber's own words. */
    response: text('response'),
    errorClass: text('error_class'),
    message: text('message').notNull(),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.number] })],
);

/** What people did with an event, and why. */
export const eventActions = pgTable(
  'event_actions',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    eventSeq: bigint('event_seq', { mode: 'number' })
      .notNull()
      .references(() => events.seq, { onDelete: 'cascade' }),
    action: text('action').$type<EventAction>().notNull(),
    /** The name of the key that asked; null for Jisr itself and for the Temporal Web UI. */
    actor: text('actor'),
    reason: text('reason'),
    /** The bulk act that it was a part of. */
    replayId: text('replay_id'),
    at: time('at').notNull().defaultNow(),
  },
  (t) => [
    index('event_actions_event').on(t.eventSeq),
    check('event_actions_action', oneOf('action', EVENT_ACTIONS)),
  ],
);

/** What is done with many events at once, with its plan and how far it has come. */
export const replays = pgTable(
  'replays',
  {
    id: text('id').primaryKey(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    act: text('act').$type<BulkAct>().notNull(),
    filter: jsonb('filter').$type<JsonObject>().notNull(),
    /** `failed`: only the deliveries that are dead; `all`: those of the filter. */
    scope: text('scope').$type<ReplayScope>().notNull(),
    /** Only deliveries to this subscription; null for all. */
    subscriptionId: text('subscription_id').references(() => subscriptions.id),
    /** Events per second at most. */
    ratePerSecond: integer('rate_per_second').notNull(),
    /** The name of the key that asked. */
    actor: text('actor'),
    reason: text('reason').notNull(),
    state: text('state').$type<ReplayState>().notNull().default('running'),
    /** Events that the plan counted. */
    planned: bigint('planned', { mode: 'number' }).notNull(),
    /** The newest event when it was planned: what comes later is not of it. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull(),
    /** The last event that was looked at. */
    cursorSeq: bigint('cursor_seq', { mode: 'number' }).notNull().default(0),
    /** Events handed on, and those that were in another state by then. */
    done: bigint('done', { mode: 'number' }).notNull().default(0),
    skipped: bigint('skipped', { mode: 'number' }).notNull().default(0),
    /** How many were skipped, by reason. */
    skips: jsonb('skips').$type<SkipCounts>().notNull().default({}),
    /** Keys whose parked runs have to hear of the last page before the next one is taken. */
    toTell: jsonb('to_tell').$type<readonly RunToTell[]>().notNull().default([]),
    /** What holds it up; null while it goes on. */
    waitsFor: text('waits_for').$type<ReplayWait>(),
    /** Why it is paused or aborted, for people. */
    stateReason: text('state_reason'),
    createdAt: time('created_at').notNull().defaultNow(),
    endedAt: time('ended_at'),
  },
  (t) => [
    uniqueIndex('replays_seq').on(t.seq),
    check('replays_act', oneOf('act', BULK_ACTS)),
    check('replays_scope', oneOf('scope', REPLAY_SCOPES)),
    check('replays_state', oneOf('state', REPLAY_STATES)),
  ],
);
