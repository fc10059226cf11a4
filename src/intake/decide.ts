// Decides for a set of copies, in their order, what each is: a new event, or one more copy of an event that
// is known or came before it in the set. Pure; keys are given afterwards.
import { higherPriority } from '../domain/priority';
import { findSame, type IncomingCopy } from '../domain/identity';
import type { Channel, OdooUser, Operation, Priority } from '../domain/event';
import type { KnownRow } from '../store/events/known';

/** An event while a set is being decided. */
export interface DecidedEvent {
  /** Null while it is new. */
  readonly known: KnownRow | null;
  readonly first: IncomingCopy | null;
  readonly leaseMs: number | null;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly occurredAtMs: number;
  pushId: string | null;
  pullId: string | null;
  fingerprints: readonly string[];
  priority: Priority;
  category: string | null;
  user: OdooUser | null;
}

/** A new one: it begins with the copy that came first. */
export type CreatedEvent = DecidedEvent & { readonly first: IncomingCopy };

export interface CopyToDecide {
  readonly copy: IncomingCopy;
  readonly leaseMs: number | null;
}

export interface Decision {
  /** For each copy, in order. */
  readonly outcomes: readonly { readonly event: DecidedEvent; readonly duplicate: boolean }[];
  readonly created: readonly CreatedEvent[];
  readonly merged: readonly (DecidedEvent & { readonly known: KnownRow })[];
}

export function decide(
  copies: readonly CopyToDecide[],
  known: readonly KnownRow[],
  rules: { readonly sharedEventIds: boolean },
): Decision {
  const byRecord = new Map<string, DecidedEvent[]>();
  const created: CreatedEvent[] = [];
  const merged = new Map<number, DecidedEvent & { readonly known: KnownRow }>();
  const remember = (event: DecidedEvent) => {
    const name = recordName(event);
    const events = byRecord.get(name);
    if (events === undefined) byRecord.set(name, [event]);
    else events.push(event);
  };
  for (const row of known) remember(fromRow(row));

  const outcomes = copies.map(({ copy, leaseMs }) => {
    const same = findSame(byRecord.get(recordName(copy)) ?? [], copy, rules);
    if (same === null) {
      const event = fromCopy(copy, leaseMs);
      created.push(event);
      remember(event);
      return { event, duplicate: false };
    }
    if (merge(same, copy) && same.known !== null) merged.set(same.known.seq, { ...same, known: same.known });
    return { event: same, duplicate: true };
  });
  return { outcomes, created, merged: [...merged.values()] };
}

function recordName(record: { readonly model: string; readonly recordId: number }): string {
  return `${record.model}/${record.recordId}`;
}

function fromRow(row: KnownRow): DecidedEvent {
  return { ...row, known: row, first: null, leaseMs: null };
}

function fromCopy(copy: IncomingCopy, leaseMs: number | null): CreatedEvent {
  return {
    known: null,
    first: copy,
    leaseMs,
    model: copy.model,
    recordId: copy.recordId,
    operation: copy.operation,
    occurredAtMs: copy.occurredAtMs,
    pushId: copy.channel === 'push' ? copy.id : null,
    pullId: copy.channel === 'pull' ? copy.id : null,
    fingerprints: [copy.fingerprint],
    priority: copy.priority ?? 'medium',
    category: copy.category,
    user: copy.user,
  };
}

/** Folds one more copy into its event; answers whether the event's row changes by it. */
function merge(event: DecidedEvent, copy: IncomingCopy): boolean {
  const before = JSON.stringify(mergeable(event));
  noteId(event, copy.channel, copy.id);
  if (!event.fingerprints.includes(copy.fingerprint)) {
    event.fingerprints = [...event.fingerprints, copy.fingerprint];
  }
  event.priority = higherPriority(event.priority, copy.priority);
  // The pull names both from Odoo's own table; a push has them from another configuration, or not at all.
  const pulls = copy.channel === 'pull';
  event.category = (pulls ? copy.category : null) ?? event.category ?? copy.category;
  event.user = (pulls ? copy.user : null) ?? event.user ?? copy.user;
  return JSON.stringify(mergeable(event)) !== before;
}

function noteId(event: DecidedEvent, channel: Channel, id: string): void {
  if (channel === 'push') event.pushId ??= id;
  else event.pullId ??= id;
}

function mergeable(event: DecidedEvent): readonly unknown[] {
  return [event.pushId, event.pullId, event.priority, event.category, event.user];
}
