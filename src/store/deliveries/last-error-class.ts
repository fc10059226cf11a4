// How the last attempt of a delivery failed: for deliveries of an older version, which did not keep it with them.
import { sql, type SQL } from 'drizzle-orm';

/** Null where it succeeded, and where there was none. */
export function lastErrorClass(deliveryId: SQL): SQL {
  return sql`(
    select a.error_class from delivery_attempts a where a.delivery_id = ${deliveryId}
    order by a.number desc limit 1)`;
}
