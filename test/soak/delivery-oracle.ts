// What every subscriber must get, computed from what Odoo did and from nothing that the bridge says.
// Knows of the bridge only the form of a webhook.
import { canonicalJson } from '../../src/domain/canonical-json';
import { required } from '../../src/domain/required';
import type { ReceivedWebhook } from '../../src/demo/subscriber';
import type { Simulator } from '../../src/simulator/simulator-types';
import type { Change } from '../../src/simulator/change-types';

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

/** One change, as a subscriber is to read it. */
export interface Expected {
  readonly record: string;
  readonly operation: Change['operation'];
  readonly body: string;
}

const HAPPENED = { create: 'created', write: 'updated', unlink: 'deleted' } as const;

/** In the order in which Odoo gave them out: nothing was pushed, so ids are the order. */
export function expectedOf(odoo: Simulator, wanted: (change: Change) => boolean): readonly Expected[] {
  return odoo.ledger
    .entries()
    .map(({ change }) => change)
    .filter(wanted)
    .map((change) => {
      const seconds = Math.floor(change.occurredAtMs / 1000) * 1000;
      const at = new Date(seconds).toISOString();
      return {
        record: `${change.model}/${change.recordId}`,
        operation: change.operation,
        body: canonicalJson({
          type: `odoo.${change.model.replaceAll('.', '_')}.${HAPPENED[change.operation]}`,
          timestamp: at,
          data: {
            key: String(change.pullId),
            source: 'main',
            model: change.model,
            record_id: change.recordId,
            operation: change.operation,
            occurred_at: at,
            priority: change.priority ?? 'medium',
            payload: odoo.ledger.payloadOf(change.serial),
          },
        }),
      };
    });
}

/** In the order in which each was taken first; the same webhook-id must bring the same body each time. */
export function takenOf(received: readonly ReceivedWebhook[]): readonly string[] {
  const first = new Map<string, string>();
  const sent = new Map<string, string>();
  for (const { id, body, status } of received) {
    if ((sent.get(id) ?? body) !== body) throw new Error(`${id} came with two bodies`);
    sent.set(id, body);
    if (status !== null && status < 300 && !first.has(id)) first.set(id, comparable(body));
  }
  return [...first.values()];
}

/** Without what the ledger does not tell: user and changed fields are compared elsewhere. */
function comparable(body: string): string {
  const { type, timestamp, data } = JSON.parse(body) as Body;
  const { changed_fields: _fields, user: _user, ...told } = data;
  return canonicalJson({ type, timestamp, data: { ...told, payload: told['payload'] ?? {} } } as never);
}

/** What is missing, too much, or twice; nothing when both hold the same. */
export function differences(expected: readonly Expected[], taken: readonly string[]): readonly string[] {
  const open = new Map(expected.map((one) => [one.body, one]));
  const findings: string[] = [];
  for (const body of taken) {
    if (!open.delete(body)) findings.push(`not asked for, or twice: ${body.slice(0, 200)}`);
  }
  for (const { body } of open.values()) findings.push(`never came: ${body.slice(0, 200)}`);
  return findings;
}

/** Records whose changes were taken in another order than Odoo made them. */
export function outOfOrder(expected: readonly Expected[], taken: readonly string[]): readonly string[] {
  const places = new Map(expected.map(({ body, record }, place) => [body, { record, place }]));
  const last = new Map<string, number>();
  const findings: string[] = [];
  for (const body of taken) {
    const { record, place } = required(places.get(body), 'a change that was asked for');
    if ((last.get(record) ?? -1) > place) findings.push(`${record}: change ${place} came too late`);
    last.set(record, place);
  }
  return findings;
}

/** Of what may be left out, only a write that a later write of its record stands for. */
export function wronglyLeftOut(expected: readonly Expected[], taken: readonly string[]): readonly string[] {
  const came = new Set(taken);
  const newestWrite = new Map<string, string>();
  for (const { record, operation, body } of expected)
    if (operation === 'write') newestWrite.set(record, body);
  return expected
    .filter(({ body }) => !came.has(body))
    .filter(({ record, operation, body }) => operation !== 'write' || newestWrite.get(record) === body)
    .map(({ body }) => `never came: ${body.slice(0, 200)}`);
}
