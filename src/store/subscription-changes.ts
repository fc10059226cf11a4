// What people change of a subscription: what it wants and where it goes, its secret, whether it gets anything.
import { and, eq, sql } from 'drizzle-orm';
import type { SubscriptionFilter } from '../domain/subscription';
import type { Database } from './database';
import { nameRecords } from './deliveries/change-waiting';
import { isUniqueViolation } from './errors';
import { circuits, subscriptions } from './schema';
import { IS_KEPT, setSubscriptionStatus, toSubscription, type Subscription } from './subscriptions';

export interface SubscriptionChange {
  readonly name?: string;
  readonly filter?: SubscriptionFilter;
  readonly url?: string;
  readonly ordered?: boolean;
  readonly coalesce?: boolean;
  /** Null without a limit. */
  readonly ratePerSecond?: number | null;
}

/** Null when there is none; `name-taken` when another one is called so. */
export async function changeSubscription(
  db: Database,
  id: string,
  change: SubscriptionChange,
): Promise<Subscription | 'name-taken' | null> {
  const isIt = and(eq(subscriptions.id, id), IS_KEPT);
  try {
    const [row] = await db
      .update(subscriptions)
      .set({ ...change, updatedAt: sql`now()` })
      .where(isIt)
      .returning();
    if (row === undefined) return null;
    // What its old address did is not held against the new one.
    if (change.url !== undefined) await db.delete(circuits).where(eq(circuits.subscriptionId, id));
    if (change.ordered === true || change.coalesce === true) await nameRecords(db, id);
    return toSubscription(row);
  } catch (error) {
    if (isUniqueViolation(error)) return 'name-taken';
    throw error;
  }
}

/** Active again, with nothing held against it. Null when there is none. */
export async function resumeSubscription(db: Database, id: string): Promise<Subscription | null> {
  const resumed = await setSubscriptionStatus(db, id, 'active', null);
  if (resumed !== null) await db.delete(circuits).where(eq(circuits.subscriptionId, id));
  return resumed;
}

/** For a day the one before signs too; one that is older ends now. Null when there is none. */
export async function rotateSecret(
  db: Database,
  id: string,
  encryptedSecret: string,
): Promise<Subscription | null> {
  const [row] = await db
    .update(subscriptions)
    .set({
      secret: encryptedSecret,
      previousSecret: sql`${subscriptions.secret}`,
      previousSecretUntil: sql`now() + interval '24 hours'`,
      updatedAt: sql`now()`,
    })
    .where(and(eq(subscriptions.id, id), IS_KEPT))
    .returning();
  return row === undefined ? null : toSubscription(row);
}
