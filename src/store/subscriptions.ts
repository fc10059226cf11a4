// Subscriptions: who wants which events, and where they go. Secrets are encrypted before they come here.
import { randomBytes } from 'node:crypto';
import { and, asc, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import type { SubscriptionFilter, SubscriptionStatus } from '../domain/subscription';
import type { Database } from './database';
import { subscriptions } from './schema';

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly filter: SubscriptionFilter;
  readonly channel: 'webhook';
  readonly url: string;
  readonly encryptedSecret: string;
  readonly status: SubscriptionStatus;
  readonly statusReason: string | null;
  /** It signs beside the newer one until `previousSecretUntilMs`. */
  readonly encryptedPreviousSecret: string | null;
  readonly previousSecretUntilMs: number | null;
  /** A record's deliveries go one after another. */
  readonly ordered: boolean;
  /** Of a record's waiting writes only the newest goes. */
  readonly coalesce: boolean;
  /** Attempts at most; null without a limit. */
  readonly ratePerSecond: number | null;
  /** It stands in the configuration. */
  readonly seeded: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface NewSubscription {
  readonly name: string;
  readonly filter: SubscriptionFilter;
  readonly url: string;
  readonly encryptedSecret: string;
  readonly ordered?: boolean;
  readonly coalesce?: boolean;
  readonly ratePerSecond?: number | null;
}

export type ActiveFilter = Pick<Subscription, 'id' | 'name' | 'filter' | 'ordered' | 'coalesce'>;

/** Null when the name is in use. */
export async function createSubscription(
  db: Database,
  { encryptedSecret, ...wanted }: NewSubscription,
): Promise<Subscription | null> {
  const [row] = await db
    .insert(subscriptions)
    .values({ id: newSubscriptionId(), ...wanted, secret: encryptedSecret, channel: 'webhook' })
    .onConflictDoNothing()
    .returning();
  return row === undefined ? null : toSubscription(row);
}

export function newSubscriptionId(): string {
  return `sub_${randomBytes(12).toString('hex')}`;
}

/** Ordered by id; without the deleted ones. */
export async function listSubscriptions(
  db: Database,
  page: { readonly limitRows: number; readonly after: string | null },
): Promise<readonly Subscription[]> {
  const rows = await db
    .select()
    .from(subscriptions)
    .where(and(IS_KEPT, page.after === null ? undefined : gt(subscriptions.id, page.after)))
    .orderBy(asc(subscriptions.id))
    .limit(page.limitRows);
  return rows.map(toSubscription);
}

/** Null when there is none, or it was deleted. */
export async function readSubscription(db: Database, id: string): Promise<Subscription | null> {
  const [row] = await db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.id, id), IS_KEPT));
  return row === undefined ? null : toSubscription(row);
}

/** Those that get new events; paused ones keep them waiting. A handful, so that every transaction that routes may ask. */
export async function activeFilters(db: Database): Promise<readonly ActiveFilter[]> {
  return db
    .select({
      id: subscriptions.id,
      name: subscriptions.name,
      filter: subscriptions.filter,
      ordered: subscriptions.ordered,
      coalesce: subscriptions.coalesce,
    })
    .from(subscriptions)
    .where(inArray(subscriptions.status, ['active', 'paused']))
    .orderBy(asc(subscriptions.createdAt), asc(subscriptions.id));
}

/** Null when there is none. To be what it is already is no error. */
export async function setSubscriptionStatus(
  db: Database,
  id: string,
  status: SubscriptionStatus,
  reason: string | null,
): Promise<Subscription | null> {
  const [row] = await db
    .update(subscriptions)
    .set({ status, statusReason: reason, updatedAt: sql`now()` })
    .where(and(eq(subscriptions.id, id), IS_KEPT))
    .returning();
  return row === undefined ? null : toSubscription(row);
}

export const IS_KEPT = ne(subscriptions.status, 'deleted');

export function toSubscription(row: typeof subscriptions.$inferSelect): Subscription {
  const { createdAt, updatedAt, secret, previousSecret, previousSecretUntil, ...same } = row;
  return {
    ...same,
    encryptedSecret: secret,
    encryptedPreviousSecret: previousSecret,
    previousSecretUntilMs: previousSecretUntil?.getTime() ?? null,
    createdAtMs: createdAt.getTime(),
    updatedAtMs: updatedAt.getTime(),
  };
}
