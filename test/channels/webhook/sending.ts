// What the suites of the sender share: senders that close themselves, and a delivery to send.
// Must never hide what a test is about: every field can be given.

import {
  createWebhookSender,
  type WebhookSender,
  type WebhookSenderOptions,
  type WebhookToSend,
} from '../../../src/channels/webhook/sender';
import { newWebhookSecret } from '../../../src/channels/webhook/signature';

const open: WebhookSender[] = [];

export function aSender(options: Partial<WebhookSenderOptions> = {}): WebhookSender {
  const sender = createWebhookSender({
    allowCidrs: ['127.0.0.0/8'],
    userAgent: 'jisr/test',
    nowMs: Date.now,
    ...options,
  });
  open.push(sender);
  return sender;
}

export async function closeSenders(): Promise<void> {
  await Promise.all(open.splice(0).map((sender) => sender.close()));
}

export const SECRET = newWebhookSecret();

export function aWebhook(fields: Partial<WebhookToSend> & { url: string }): WebhookToSend {
  return { id: 'msg_1', body: '{"type":"odoo.x.created"}', secrets: [SECRET], timeoutMs: 10_000, ...fields };
}
