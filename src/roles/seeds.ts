// What a process brings into the store before it does anything else: the subscriptions of the configuration, and what an
// older version beside it left out.
import { newWebhookSecret } from '../channels/webhook/signature';
import type { Secret, SubscriptionConfig } from '../config';
import type { Database } from '../store/database';
import { makeUpForOlderVersions } from '../store/older-versions';
import { createSecretBox, SecretUnreadable, type SecretBox } from '../store/secret-box';
import { seedSubscriptions } from '../store/subscription-seeds';

/** At the start of every process, before it does anything else. */
export async function plantSeeds(
  db: Database,
  wanted: readonly SubscriptionConfig[],
  secretKey: Secret,
): Promise<void> {
  await makeUpForOlderVersions(db);
  const box = createSecretBox(secretKey.reveal());
  await seedSubscriptions(
    db,
    wanted.map(({ secret, ...same }) => ({
      ...same,
      encryptedSecret: box.encrypt(secret?.reveal() ?? newWebhookSecret()),
      // Without one in the configuration, whatever is kept is right.
      keepsSecret: (encrypted) => secret === null || decrypted(box, encrypted) === secret.reveal(),
    })),
  );
}

/** Null for what was encrypted with another key. */
function decrypted(box: SecretBox, encrypted: string): string | null {
  try {
    return box.decrypt(encrypted);
  } catch (error) {
    if (error instanceof SecretUnreadable) return null;
    throw error;
  }
}
