// What one attempt needs: the delivery, its subscription, the event. Set-wise, without locks.
import { sql } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import type { JsonObject, OdooUser, Operation, Priority } from '../../domain/event';
import type { EventState } from '../../domain/event-state';
import { priorityOf } from '../../domain/priority';
import type { SubscriptionStatus } from '../../domain/subscription';
import { anyText } from '../any-of';
import type { Database } from '../database';
import { dueInMs, FIRST_EARLIER, LAST_ATTEMPT, NEWER_WRITE } from './beside';

export interface LoadedDelivery {
  readonly id: string;
  readonly state: DeliveryState;
  readonly tries: number;
  /** Somebody wants it made now. */
  readonly toOpen: boolean;
  /** From now, by the database's clock; not above 0 when it is due. */
  readonly dueInMs: number;
  /** A newer write of its record waits, and its subscription wants only the newest. */
  readonly isSuperseded: boolean;
  /** When the first one before it is due, where its subscription is ordered; null when none waits. */
  readonly blockerDueInMs: number | null;
  /** Of its last attempt, where its subscription is disabled. */
  readonly lastFailure: { readonly code: string | null; readonly message: string } | null;
  /** Null while its subscription's attempts go well. */
  readonly circuit: {
    /** Not above 0 when one attempt may probe; null while it is closed. */
    readonly openForMs: number | null;
  } | null;
  readonly subscription: {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    /** The newest first; the one before it only for a day after its rotation. */
    readonly encryptedSecrets: readonly string[];
    readonly status: SubscriptionStatus;
    readonly statusReason: string | null;
    /** Attempts at most; null without a limit. */
    readonly ratePerSecond: number | null;
  };
  readonly event: {
    readonly key: string;
    readonly source: string;
    readonly model: string;
    readonly recordId: number;
    readonly operation: Operation;
    readonly occurredAtMs: number;
    readonly priority: Priority;
    readonly changedFields: readonly string[] | null;
    readonly user: OdooUser | null;
    readonly payload: JsonObject | null;
    readonly status: EventState;
    readonly runIds: readonly string[];
  };
}

/** In the order of `ids`; null where there is none. */
export async function loadDeliveries(
  db: Database,
  ids: readonly string[],
): Promise<readonly (LoadedDelivery | null)[]> {
  const { rows } = await db.execute<Row>(sql`
    select d.id, d.state, d.tries, d.to_open, ${dueInMs(sql`d`)} as due_in_ms,
      newer.id is not null as is_superseded, earlier.due_in_ms as blocker_due_in_ms,
      last.error_class as last_code, last.message as last_message,
      c.subscription_id is not null as has_circuit,
      (extract(epoch from c.open_until - now()) * 1000)::float8 as open_for_ms,
      s.id as subscription_id, s.name, s.url, s.secret,
      case when s.previous_secret_until > now() then s.previous_secret end as previous_secret,
      s.status as subscription_status, s.status_reason, s.rate_per_second,
      e.key, e.source, e.model, e.record_id, e.operation,
      (extract(epoch from e.occurred_at) * 1000)::float8 as occurred_at_ms,
      e.priority, e.changed_fields, e.user_id, e.user_name, e.payload, e.status as event_status,
      to_json(e.run_ids) as run_ids
    from deliveries d
    join subscriptions s on s.id = d.subscription_id
    join events e on e.seq = d.event_seq
    left join circuits c on c.subscription_id = s.id
    left join lateral ${FIRST_EARLIER} earlier on true
    left join lateral ${NEWER_WRITE} newer on true
    left join lateral ${LAST_ATTEMPT} last on true
    where d.id = ${anyText(ids)}`);
  const found = new Map(rows.map((row) => [row.id, toLoaded(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly to_open: boolean;
  readonly due_in_ms: number;
  readonly is_superseded: boolean;
  readonly blocker_due_in_ms: number | null;
  readonly last_code: string | null;
  readonly last_message: string | null;
  readonly has_circuit: boolean;
  readonly open_for_ms: number | null;
  readonly subscription_id: string;
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly subscription_status: SubscriptionStatus;
  readonly status_reason: string | null;
  readonly rate_per_second: number | null;
  readonly key: string;
  readonly source: string;
  readonly model: string;
  readonly record_id: number;
  readonly operation: Operation;
  readonly occurred_at_ms: number;
  readonly priority: number;
  readonly changed_fields: string[] | null;
  readonly user_id: number | null;
  readonly user_name: string | null;
  readonly payload: JsonObject | null;
  readonly event_status: EventState;
  readonly run_ids: string[];
}

function toLoaded(row: Row): LoadedDelivery {
  return {
    id: row.id,
    state: row.state,
    tries: row.tries,
    toOpen: row.to_open,
    dueInMs: Math.ceil(row.due_in_ms),
    isSuperseded: row.is_superseded,
    blockerDueInMs: row.blocker_due_in_ms,
    lastFailure: row.last_message === null ? null : { code: row.last_code, message: row.last_message },
    circuit: row.has_circuit ? { openForMs: row.open_for_ms } : null,
    subscription: {
      id: row.subscription_id,
      name: row.name,
      url: row.url,
      encryptedSecrets: [row.secret, ...(row.previous_secret === null ? [] : [row.previous_secret])],
      status: row.subscription_status,
      statusReason: row.status_reason,
      ratePerSecond: row.rate_per_second,
    },
    event: {
      key: row.key,
      source: row.source,
      model: row.model,
      recordId: row.record_id,
      operation: row.operation,
      occurredAtMs: Math.round(row.occurred_at_ms),
      priority: priorityOf(row.priority),
      changedFields: row.changed_fields,
      user: row.user_id === null && row.user_name === null ? null : { id: row.user_id, name: row.user_name },
      payload: row.payload,
      status: row.event_status,
      runIds: row.run_ids,
    },
  };
}
