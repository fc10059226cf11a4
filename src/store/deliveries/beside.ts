// What stands beside a delivery and decides whether it is its turn: parts of the statement that loads it, where `d` is
// the delivery, `s` its subscription, `e` its event. Each looks into an index, and at nothing where it does not apply.
import { sql, type SQL } from 'drizzle-orm';

/** From now, by the database's clock; not above 0 when it is due. */
export function dueInMs(delivery: SQL): SQL {
  return sql`coalesce((extract(epoch from ${delivery}.next_attempt_at - now()) * 1000)::float8, 0)`;
}

/** The first delivery of the record that waits before it, where the order is to be kept. */
export const FIRST_EARLIER = sql`(
  select ${dueInMs(sql`b`)} as due_in_ms from deliveries b
  where s.ordered and b.subscription_id = d.subscription_id and b.record = d.record
    and b.event_seq < d.event_seq and b.state = 'waiting'
  order by b.event_seq limit 1)`;

/**
 * A later write of the record that stands for it, where it is one itself and only the newest is wanted: one that waits,
 * or that went out while this one waited for another try. Not where a person wants this one.
 */
export const NEWER_WRITE = sql`(
  select n.id from events ne join deliveries n on n.event_seq = ne.seq and n.subscription_id = d.subscription_id
  where s."coalesce" and e.operation = 'write' and not d.to_open
    and ne.source = e.source and ne.model = e.model and ne.record_id = e.record_id and ne.seq > e.seq
    and ne.operation = 'write'
    and (n.state = 'waiting' or n.state = 'sent' and (d.tries > 0 or d.put_off))
  limit 1)`;

/** Why it is to end with a subscription that was disabled. */
export const LAST_ATTEMPT = sql`(
  select a.error_class, a.message from delivery_attempts a
  where s.status = 'disabled' and d.tries > 0 and a.delivery_id = d.id
  order by a.number desc limit 1)`;
