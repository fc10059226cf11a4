// Disables a subscription without a person, and leaves a notice of it.
// Changes nothing where a person, or another process, was quicker.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from './database';
import { insertNotice } from './notices';
import { circuits, subscriptions } from './schema';

export interface Disabling {
  readonly subscriptionId: string;
  /** The address that it is about: one that was changed since begins anew. */
  readonly url: string;
  /** For people: why it is disabled. */
  readonly reason: string;
  /** For people: what happened and what to do. */
  readonly message: string;
}

/** Whether it was this call that disabled it. */
export async function disableSubscription(db: Database, disabling: Disabling): Promise<boolean> {
  const { subscriptionId: id, url, reason, message } = disabling;
  return db.transaction(async (tx) => {
    const rows = await tx
      .update(subscriptions)
      .set({ status: 'disabled', statusReason: reason, updatedAt: sql`now()` })
      .where(
        and(
          eq(subscriptions.id, id),
          eq(subscriptions.url, url),
          inArray(subscriptions.status, ['active', 'paused']),
        ),
      )
      .returning({ id: subscriptions.id });
    if (rows.length === 0) return false;
    // Resumed, it begins anew: the first failure is not to disable it again.
    await tx.delete(circuits).where(eq(circuits.subscriptionId, id));
    await insertNotice(tx, { kind: 'subscription-disabled', subject: id, message });
    return true;
  });
}
