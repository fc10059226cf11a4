// What is started for the records that were chosen: a workflow for their first event, or batches of all that waits
// of them, in order. Pure.
import type { ChosenRecord } from './dispatch-order';
import type { Processing } from './processing';

export const MAX_BATCH_EVENTS = 200;

/** One event that waits, as far as the plan must know it. */
export interface QueuedEvent {
  readonly key: string;
  readonly processing: Processing;
  /** Somebody else is starting it. */
  readonly isLeased: boolean;
  readonly ids: readonly { readonly channel: string; readonly id: string }[];
}

/** A record with what waits of it, the oldest first. */
export interface RecordQueue<E extends QueuedEvent> {
  readonly record: ChosenRecord;
  readonly events: readonly E[];
}

export interface StartPlan<E extends QueuedEvent> {
  /** With the rank that it has or inherits. */
  readonly single: readonly { readonly event: E; readonly rank: number }[];
  /** Whole records, each with its events in order; all of one source. */
  readonly batches: readonly (readonly RecordQueue<E>[])[];
}

export interface PlanLimits {
  readonly single: number;
  readonly batches: number;
  /** Of one search attribute that lists the events of a batch. */
  readonly listBytes: number;
}

interface OpenBatch<E extends QueuedEvent> {
  readonly queues: RecordQueue<E>[];
  events: number;
  recordBytes: number;
  idBytes: number;
}

export function planStarts<E extends QueuedEvent>(
  queues: readonly RecordQueue<E>[],
  limits: PlanLimits,
): StartPlan<E> {
  const single: { event: E; rank: number }[] = [];
  const batches: OpenBatch<E>[] = [];
  const openOf = new Map<string, OpenBatch<E>>();

  /** Null when there is no place for one more batch. */
  const batchOf = (source: string, isFull: boolean): OpenBatch<E> | null => {
    const open = openOf.get(source);
    if (open !== undefined && !isFull) return open;
    if (batches.length >= limits.batches) return null;
    const made: OpenBatch<E> = { queues: [], events: 0, recordBytes: 0, idBytes: 0 };
    batches.push(made);
    openOf.set(source, made);
    return made;
  };
  const fits = (batch: OpenBatch<E>, recordBytes: number, idBytes: number) =>
    batch.events === 0 ||
    (batch.events < MAX_BATCH_EVENTS &&
      batch.recordBytes + recordBytes <= limits.listBytes &&
      batch.idBytes + idBytes <= limits.listBytes);

  for (const { record, events } of queues) {
    const [head] = events;
    if (head === undefined || head.isLeased) continue;
    if (head.processing === 'individually') {
      if (single.length < limits.single) single.push({ event: head, rank: record.rank });
      continue;
    }
    const taken: E[] = [];
    let batch = batchOf(record.source, false);
    for (const event of events) {
      if (event.processing !== 'in_batches' || event.isLeased) break;
      const recordBytes = taken.length === 0 ? jsonBytes(`${record.model}/${record.recordId}`) : 0;
      const idBytes = event.ids.reduce((sum, { channel, id }) => sum + jsonBytes(`${channel}:${id}`), 0);
      // A record's events stay together: only its first one may open the next batch.
      if (batch !== null && taken.length === 0 && !fits(batch, recordBytes, idBytes))
        batch = batchOf(record.source, true);
      if (batch === null || !fits(batch, recordBytes, idBytes)) break;
      batch.events += 1;
      batch.recordBytes += recordBytes;
      batch.idBytes += idBytes;
      taken.push(event);
    }
    if (batch !== null && taken.length > 0) batch.queues.push({ record, events: taken });
  }
  return { single, batches: batches.map((batch) => batch.queues).filter((batch) => batch.length > 0) };
}

/** At most; in a list, with its quotes and comma. */
function jsonBytes(text: string): number {
  return text.replace(/[^ !#-[\]-~]/g, '\\uffff').length + 3;
}
