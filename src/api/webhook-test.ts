// Sends a subscriber a webhook that is no event, signed as an event would be, and tells what came of it.
// Writes nothing down.
import { randomBytes } from 'node:crypto';
import type { WebhookSender } from '../channels/webhook/sender';
import { SecretUnreadable, type SecretBox } from '../store/secret-box';
import type { Subscription } from '../store/subscriptions';

export interface WebhookTestDependencies {
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly secretBox: Pick<SecretBox, 'decrypt'>;
  readonly nowMs: () => number;
}

export interface WebhookTestResult {
  readonly delivered: boolean;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly duration_ms: number;
  /** The beginning of the answer, in the subscriber's own words. */
  readonly response: string | null;
  readonly error_class: string | null;
  /** Says what to do. */
  readonly message: string;
}

/** As later attempts of an event have. */
const TIMEOUT_MS = 15_000;

export async function sendTestWebhook(
  { sender, secretBox, nowMs }: WebhookTestDependencies,
  subscription: Subscription,
): Promise<WebhookTestResult> {
  let secrets: readonly string[];
  try {
    secrets = secretsOf(subscription, nowMs()).map((secret) => secretBox.decrypt(secret));
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    const nothing = { delivered: false, status: null, duration_ms: 0, response: null };
    return { ...nothing, error_class: 'secret-unreadable', message: error.message };
  }
  const body = JSON.stringify({
    type: 'odoo.test',
    timestamp: new Date(nowMs()).toISOString(),
    data: { message: 'a test from Jisr: no record has changed', subscription: subscription.name },
  });
  const id = `msg_test_${randomBytes(12).toString('hex')}`;
  const result = await sender.send({ url: subscription.url, id, body, secrets, timeoutMs: TIMEOUT_MS });
  return {
    delivered: result.kind === 'sent',
    status: result.status,
    duration_ms: Math.round(result.durationMs),
    response: result.response,
    error_class: result.kind === 'sent' ? null : result.errorClass,
    message: result.kind === 'gone' ? GONE : result.message,
  };
}

/** A test disables nothing. */
const GONE = 'it answers 410: the first event would disable the subscription; correct the subscriber';

/** The newest first. */
function secretsOf(subscription: Subscription, nowMs: number): readonly string[] {
  const { encryptedSecret, encryptedPreviousSecret: previous, previousSecretUntilMs: untilMs } = subscription;
  return previous !== null && untilMs !== null && untilMs > nowMs
    ? [encryptedSecret, previous]
    : [encryptedSecret];
}
