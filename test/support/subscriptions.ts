// Subscriptions put straight into the store.
import { newWebhookSecret } from '../../src/channels/webhook/signature';
import type { SubscriptionFilter } from '../../src/domain/subscription';
import { createSecretBox } from '../../src/store/secret-box';
import { createSubscription, type Subscription } from '../../src/store/subscriptions';
import { SECRET_KEY } from './bridge';
import type { TestStore } from './stores';

export interface TestSubscription extends Subscription {
  /** In plain text. */
  readonly secret: string;
}

export async function subscribe(
  store: TestStore,
  { name = 'crm', url, filter = {} }: { name?: string; url: string; filter?: SubscriptionFilter },
): Promise<TestSubscription> {
  const secret = newWebhookSecret();
  const encryptedSecret = createSecretBox(SECRET_KEY.reveal()).encrypt(secret);
  const made = await createSubscription(store.db, { name, url, filter, encryptedSecret });
  if (made === null) throw new Error(`a subscription "${name}" is there already`);
  return { ...made, secret };
}
