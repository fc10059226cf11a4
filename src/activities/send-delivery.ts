// Sends one delivery, signed with its subscription's secrets. Writes nothing down.
import type { SendResult } from '../channels/webhook/outcome';
import type { WebhookSender } from '../channels/webhook/sender';
import { webhookBody } from '../channels/webhook/body';
import type { LoadedDelivery } from '../store/deliveries/load';
import { SecretUnreadable, type SecretBox } from '../store/secret-box';
import { workerStops } from './heartbeat';

export interface SendingParts {
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly secretBox: Pick<SecretBox, 'decrypt'>;
  /** Hears of each attempt; must not throw. */
  readonly onAttempt: (subscription: string, result: SendResult) => void;
}

/** Decrypted once, not for every delivery. */
const KEPT_SECRETS = 1_000;

export function createSending({ sender, secretBox, onAttempt }: SendingParts) {
  const decrypted = new Map<string, string>();
  return async ({ id, subscription, event }: LoadedDelivery, timeoutMs: number): Promise<SendResult> => {
    const secrets = subscription.encryptedSecrets.map(secretOf);
    const readable = secrets.filter((secret) => typeof secret === 'string');
    const newest = secrets[0];
    // An older one that cannot be read any more holds nothing up.
    if (newest instanceof SecretUnreadable) return unsigned(newest);
    const result = await sender.send({
      url: subscription.url,
      id,
      body: webhookBody(event),
      secrets: readable,
      timeoutMs,
      // A worker that stops gives the attempt up; it is made again elsewhere, under the same id.
      signal: workerStops(),
    });
    onAttempt(subscription.name, result);
    return result;
  };

  function secretOf(encrypted: string): string | SecretUnreadable {
    const known = decrypted.get(encrypted);
    if (known !== undefined) return known;
    try {
      const secret = secretBox.decrypt(encrypted);
      if (decrypted.size >= KEPT_SECRETS) decrypted.clear();
      decrypted.set(encrypted, secret);
      return secret;
    } catch (error) {
      if (error instanceof SecretUnreadable) return error;
      throw error;
    }
  }
}

/** Nothing is sent unsigned; with the right key it goes out by the schedule. */
function unsigned({ message }: SecretUnreadable): SendResult {
  const none = { status: null, response: null, durationMs: 0, retryAfterMs: null };
  return { kind: 'retry', errorClass: 'secret-unreadable', message, ...none };
}
