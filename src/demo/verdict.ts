// "No event lost, none processed twice", computed from what Odoo did, what the bridge has and what the subscriber
// got. Pure: it never asks the bridge what it thinks of itself.
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json';
import type { Json, JsonObject } from '../domain/event';
import type { LedgerEntry } from '../simulator/ledger-types';
import type { BridgeEvent } from './bridge-client';
import type { StreamedEvent } from './stream-reader';

/** What a subscriber took. */
export interface TakenWebhook {
  readonly id: string;
  readonly body: string;
}

export interface Evidence {
  readonly entries: readonly LedgerEntry[];
  readonly payloadOf: (serial: number) => JsonObject;
  /** Ids acknowledged that no pull had answered with. */
  readonly strayMarks: number;
  readonly events: readonly BridgeEvent[];
  /** Null where nobody subscribed; else of one who wants every event. */
  readonly taken: readonly TakenWebhook[] | null;
  /** By the live stream, in the order in which they came; left out where nobody read it. */
  readonly streamed?: readonly StreamedEvent[];
}

export interface Verdict {
  readonly ok: boolean;
  /** Changes that a bridge could know of. */
  readonly made: number;
  readonly events: number;
  readonly processed: number;
  readonly acknowledged: number;
  /** Distinct webhooks. */
  readonly delivered: number;
  /** Webhooks taken more than once, under the same id. */
  readonly repeated: number;
  /** Events that came by the live stream. */
  readonly streamed: number;
  /** What is wrong, one sentence each. */
  readonly findings: readonly string[];
}

export function judge({ entries, payloadOf, strayMarks, events, taken, streamed }: Evidence): Verdict {
  const findings: string[] = [];
  const unclaimed = new Set(events);
  for (const entry of entries) {
    const { change, fate } = entry;
    const copies = events.filter((event) => isOf(event, entry));
    for (const event of copies) unclaimed.delete(event);
    const name = `change ${change.serial} (${change.operation} ${change.model}/${change.recordId})`;
    const [event] = copies;
    if (event === undefined) {
      if (mustBeKnown(entry)) findings.push(`${name} is lost: no event`);
      continue;
    }
    if (!mayBeKnown(entry)) findings.push(`${name} never came about in Odoo, and is an event`);
    if (copies.length > 1) findings.push(`${name} became ${copies.length} events`);
    if (event.status !== 'processed') findings.push(`${name} is ${event.status}`);
    if (!isSame(event.payload, payloadOf(change.serial)))
      findings.push(`${name} has another content than in Odoo`);
    if (fate.state === 'visible' && entry.marked === 0) findings.push(`${name} is not acknowledged`);
  }
  for (const event of unclaimed) findings.push(`event ${event.key} is of no change`);
  if (strayMarks > 0) findings.push(`${strayMarks} ids were acknowledged that no pull had answered with`);
  const byId = new Map<string, TakenWebhook>();
  for (const webhook of taken ?? []) byId.set(webhook.id, webhook);
  if (taken !== null) findings.push(...deliveryFindings(events, taken, byId.size));
  if (streamed !== undefined) findings.push(...streamFindings(events, streamed));
  return {
    ok: findings.length === 0,
    made: entries.filter(mustBeKnown).length,
    events: events.length,
    processed: events.filter((event) => event.status === 'processed').length,
    acknowledged: entries.filter((entry) => entry.marked > 0).length,
    delivered: byId.size,
    repeated: (taken?.length ?? 0) - byId.size,
    streamed: streamed?.length ?? 0,
    findings,
  };
}

function deliveryFindings(
  events: readonly BridgeEvent[],
  taken: readonly TakenWebhook[],
  distinct: number,
): readonly string[] {
  const findings: string[] = [];
  const idOf = new Map<string, string>();
  const contents = new Map(events.map((event) => [event.key, event]));
  for (const { id, body } of taken) {
    const { data } = webhook.parse(JSON.parse(body));
    const { key } = data;
    const event = contents.get(key);
    if (event === undefined) findings.push(`webhook ${id} is of no event`);
    else if (!isSame(data.payload, event.payload) || data.record_id !== event.record_id)
      findings.push(`webhook ${id} has another content than event ${key}`);
    if ((idOf.get(key) ?? id) !== id) findings.push(`event ${key} went out under two ids`);
    idOf.set(key, id);
  }
  for (const { key } of events) if (!idOf.has(key)) findings.push(`event ${key} was never delivered`);
  if (distinct > idOf.size) findings.push(`${distinct} webhooks went out for ${idOf.size} events`);
  return findings;
}

function streamFindings(
  events: readonly BridgeEvent[],
  streamed: readonly StreamedEvent[],
): readonly string[] {
  const findings: string[] = [];
  const came = new Set<string>();
  let last = 0;
  for (const { seq, key } of streamed) {
    if (came.has(key)) findings.push(`event ${key} came twice by the stream`);
    else if (seq <= last) findings.push(`event ${key} came by the stream after a later one`);
    came.add(key);
    last = Math.max(last, seq);
  }
  for (const { key } of events) if (!came.has(key)) findings.push(`event ${key} never came by the stream`);
  return findings;
}

/** A bridge must have it: it was handed over, or stands there to be pulled. */
function mustBeKnown({ fate, served, pushAnswered200 }: LedgerEntry): boolean {
  return fate.state === 'visible' || served > 0 || pushAnswered200 > 0;
}

/** A push whose answer did not arrive may have been taken. */
function mayBeKnown(entry: LedgerEntry): boolean {
  return mustBeKnown(entry) || entry.pushes.some(({ status }) => status === null);
}

function isOf(event: BridgeEvent, { change }: LedgerEntry): boolean {
  const { pullId, pushId } = change;
  return (
    (event.pull_id === String(pullId) || (pushId !== null && event.push_id === String(pushId))) &&
    event.model === change.model &&
    event.record_id === change.recordId &&
    event.operation === change.operation &&
    // Odoo tells whole seconds.
    Math.floor(Date.parse(event.occurred_at) / 1000) === Math.floor(change.occurredAtMs / 1000)
  );
}

function isSame(a: Json, b: Json): boolean {
  return canonicalJson(a ?? {}) === canonicalJson(b ?? {});
}

const webhook = z.object({
  data: z.object({ key: z.string(), record_id: z.number(), payload: z.json() }),
});
