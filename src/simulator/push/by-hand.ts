// What an administrator sends from Odoo's forms: a connection test and a test event.
// Never the push of a change.

import { connectionTestBody, testEventBody } from './push-bodies';
import type { TestEvent } from './push-bodies';
import { builderHeaders, connectionTestHeaders, PROBE_HEADERS } from './push-headers';
import type { PushSender } from './push-sender';
import type { PushRecord, PushTarget } from './push-types';

/** The statuses that were answered; after a request without an answer none is sent. */
export async function testConnection(
  target: PushTarget,
  sender: PushSender,
  nowMs: number,
): Promise<readonly number[]> {
  const probe = await sender.send(target, { method: 'HEAD', headers: PROBE_HEADERS, body: null });
  if (probe.status === null) return [];
  const headers = connectionTestHeaders(target.credentials);
  const test = await sender.send(target, { method: 'POST', headers, body: connectionTestBody(nowMs) });
  return test.status === null ? [probe.status] : [probe.status, test.status];
}

export async function sendTestEvent(
  target: PushTarget,
  event: TestEvent,
  sender: PushSender,
  nowMs: number,
): Promise<PushRecord> {
  const body = testEventBody(event, nowMs);
  const sent = await sender.send(target, { method: 'POST', headers: builderHeaders(target), body });
  return { shape: 'builder', eventId: event.eventId, ...sent };
}
