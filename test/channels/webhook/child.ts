// Sends from a Node process of its own: what a test's process cannot change about itself, and cannot see.
// Must never share anything with the test but the socket.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { WebhookToSend } from '../../../src/channels/webhook/sender';

const ROOT = join(__dirname, '../../..');

/** The results as JSON on stdout; all under one signal. */
export function sendInChild(
  webhook: WebhookToSend,
  { times = 1, env = {} }: { times?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<{ stdout: string; stderr: string }> {
  const program = `
    const { createWebhookSender } = require('./src/channels/webhook/sender.ts');
    const sender = createWebhookSender({ allowCidrs: ['127.0.0.0/8'], userAgent: 'jisr/test', nowMs: Date.now });
    const webhook = { ...${JSON.stringify(webhook)}, signal: new AbortController().signal };
    Promise.all(Array.from({ length: ${times} }, () => sender.send(webhook)))
      .then((results) => console.log(JSON.stringify(results)))
      .then(() => sender.close());
  `;
  const hook = join(ROOT, 'test/typescript-hook.cjs');
  return promisify(execFile)(process.execPath, ['--no-deprecation', '-r', hook, '-e', program], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
  });
}
