// "No event lost, none processed twice", computed from what Odoo did and what the bridge has. Pure: it never
// asks the bridge what it thinks of itself.
import { canonicalJson } from '../domain/canonical-json';
import type { JsonObject } from '../domain/event';
import type { LedgerEntry } from '../simulator/ledger-types';
import type { BridgeEvent } from './bridge-client';

export interface Verdict {
  readonly ok: boolean;
  readonly made: number;
  readonly events: number;
  readonly processed: number;
  readonly acknowledged: number;
  /** What is wrong, one sentence each. */
  readonly findings: readonly string[];
}

export function judge(
  entries: readonly LedgerEntry[],
  payloadOf: (serial: number) => JsonObject,
  strayMarks: number,
  events: readonly BridgeEvent[],
): Verdict {
  const findings: string[] = [];
  const unclaimed = new Set(events);
  for (const entry of entries) {
    const copies = events.filter((event) => isOf(event, entry));
    for (const event of copies) unclaimed.delete(event);
    const name = `change ${entry.change.serial} (${entry.change.operation} ${entry.change.model}/${entry.change.recordId})`;
    if (!wasSeen(entry)) {
      if (copies.length > 0) findings.push(`${name} never came about in Odoo, and is an event`);
      continue;
    }
    const [event] = copies;
    if (event === undefined) {
      findings.push(`${name} is lost: no event`);
      continue;
    }
    if (copies.length > 1) findings.push(`${name} became ${copies.length} events`);
    if (event.status !== 'processed') findings.push(`${name} is ${event.status}`);
    if (!hasContent(event, entry, payloadOf)) findings.push(`${name} has another content than in Odoo`);
    if (entry.fate.state === 'visible' && entry.marked === 0) findings.push(`${name} is not acknowledged`);
  }
  for (const event of unclaimed) findings.push(`event ${event.key} is of no change`);
  if (strayMarks > 0) findings.push(`${strayMarks} ids were acknowledged that no pull had answered with`);
  return {
    ok: findings.length === 0,
    made: entries.filter(wasSeen).length,
    events: events.length,
    processed: events.filter((event) => event.status === 'processed').length,
    acknowledged: entries.filter((entry) => entry.marked > 0).length,
    findings,
  };
}

/** A change that a reader of Odoo could see: a row deleted before anybody asked could not be known. */
function wasSeen({ fate, served }: LedgerEntry): boolean {
  return fate.state === 'visible' || served > 0;
}

function isOf(event: BridgeEvent, { change }: LedgerEntry): boolean {
  return (
    event.pull_id === String(change.pullId) &&
    event.model === change.model &&
    event.record_id === change.recordId
  );
}

function hasContent(
  event: BridgeEvent,
  { change }: LedgerEntry,
  payloadOf: (serial: number) => JsonObject,
): boolean {
  return (
    event.operation === change.operation &&
    // Odoo tells whole seconds.
    Math.floor(Date.parse(event.occurred_at) / 1000) === Math.floor(change.occurredAtMs / 1000) &&
    canonicalJson(event.payload ?? {}) === canonicalJson(payloadOf(change.serial))
  );
}
