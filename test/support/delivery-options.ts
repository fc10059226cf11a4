// How a subscription wants its deliveries, put straight into the store.
import { eq } from 'drizzle-orm';
import { subscriptions } from '../../src/store/schema';
import type { TestStore } from './stores';

export async function setOptions(
  store: TestStore,
  id: string,
  options: Partial<Pick<typeof subscriptions.$inferInsert, 'ordered' | 'coalesce' | 'ratePerSecond'>>,
): Promise<void> {
  await store.db.update(subscriptions).set(options).where(eq(subscriptions.id, id));
}
