// Subscriptions that stand in the configuration, brought into the store at every start. The configuration has the
// last word on what they want and where they go; whether they are paused is left as it is.
import { and, eq, notInArray, sql } from 'drizzle-orm';
import type { SubscriptionFilter } from '../domain/subscription';
import { transaction, type Database } from './database';
import { nameRecords } from './deliveries/change-waiting';
import { circuits, subscriptions } from './schema';
import { IS_KEPT, newSubscriptionId } from './subscriptions';

export interface SubscriptionSeed {
  readonly name: string;
  readonly url: string;
  readonly filter: SubscriptionFilter;
  readonly ordered: boolean;
  readonly coalesce: boolean;
  readonly ratePerSecond: number | null;
  /** Whether what is kept is the configuration's, or it has none. */
  readonly keepsSecret: (encrypted: string) => boolean;
  /** For a new one, and where another secret is kept than the configuration's. */
  readonly encryptedSecret: string;
}

/** Processes that start at one moment do it one after another. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtext('jisr subscriptions of the configuration'))`;

/** Safe to repeat, and from several processes with the same configuration. */
export async function seedSubscriptions(db: Database, seeds: readonly SubscriptionSeed[]): Promise<void> {
  const toName = await transaction(db, ONE_AT_A_TIME, async (tx) => {
    const changed: string[] = [];
    for (const seed of seeds) changed.push(...(await seedOne(tx, seed)));
    await tx
      .update(subscriptions)
      .set({ seeded: false })
      .where(
        and(
          eq(subscriptions.seeded, true),
          IS_KEPT,
          notInArray(
            subscriptions.name,
            seeds.map(({ name }) => name),
          ),
        ),
      );
    return changed;
  });
  for (const id of toName) await nameRecords(db, id);
}

/** Answers its id where the order of records counts from now on. */
async function seedOne(tx: Database, seed: SubscriptionSeed): Promise<readonly string[]> {
  const { name, keepsSecret, encryptedSecret, ...same } = seed;
  const [known] = await tx
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.name, name), IS_KEPT))
    // Not against deliveries that are being inserted, which only refer to it.
    .for('no key update');
  if (known === undefined) {
    await tx.insert(subscriptions).values({
      id: newSubscriptionId(),
      name,
      ...same,
      channel: 'webhook',
      secret: encryptedSecret,
      seeded: true,
    });
    return [];
  }
  const secrets = keepsSecret(known.secret)
    ? {}
    : {
        secret: encryptedSecret,
        previousSecret: known.secret,
        previousSecretUntil: sql`now() + interval '24 hours'`,
      };
  if (seed.url !== known.url) await tx.delete(circuits).where(eq(circuits.subscriptionId, known.id));
  await tx
    .update(subscriptions)
    .set({ ...same, ...secrets, seeded: true, updatedAt: sql`now()` })
    .where(eq(subscriptions.id, known.id));
  const isNew = (seed.ordered && !known.ordered) || (seed.coalesce && !known.coalesce);
  return isNew ? [known.id] : [];
}
