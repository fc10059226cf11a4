// What one attempt needs: the delivery, its subscription, the event. Set-wise, without locks.
import { sql } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import type { JsonObject, OdooUser, Operation, Priority } from '../../domain/event';
import type { EventState } from '../../domain/event-state';
import { priorityOf } from '../../domain/priority';
import type { SubscriptionStatus } from '../../domain/subscription';
import type { Database } from '../database';

export interface LoadedDelivery {
  readonly id: string;
  readonly state: DeliveryState;
  readonly tries: number;
  /** Somebody wants it made now. */
  readonly toOpen: boolean;
  /** From now, by the database's clock; not above 0 when it is due. */
  readonly dueInMs: number;
  readonly subscription: {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    /** The newest first; the one before it only for a day after its rotation. */
    readonly encryptedSecrets: readonly string[];
    readonly status: SubscriptionStatus;
    readonly statusReason: string | null;
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
    select d.id, d.state, d.tries, d.to_open,
      coalesce((extract(epoch from d.next_attempt_at - now()) * 1000)::float8, 0) as due_in_ms,
      s.id as subscription_id, s.name, s.url, s.secret,
      case when s.previous_secret_until > now() then s.previous_secret end as previous_secret, s.status as subscription_status, s.status_reason,
      e.key, e.source, e.model, e.record_id, e.operation,
      (extract(epoch from e.occurred_at) * 1000)::float8 as occurred_at_ms,
      e.priority, e.changed_fields, e.user_id, e.user_name, e.payload, e.status as event_status,
      to_json(e.run_ids) as run_ids
    from deliveries d
    join subscriptions s on s.id = d.subscription_id
    join events e on e.seq = d.event_seq
    where d.id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::json)))`);
  const found = new Map(rows.map((row) => [row.id, toLoaded(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly to_open: boolean;
  readonly due_in_ms: number;
  readonly subscription_id: string;
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly subscription_status: SubscriptionStatus;
  readonly status_reason: string | null;
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
    subscription: {
      id: row.subscription_id,
      name: row.name,
      url: row.url,
      encryptedSecrets: [row.secret, ...(row.previous_secret === null ? [] : [row.previous_secret])],
      status: row.subscription_status,
      statusReason: row.status_reason,
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
