// A copy in one line, so that tables of many copies stay readable.
// Must never leave out what tells two copies apart, bar the payload, which is compared on its own.

import type { Arrival, EventCopy } from '../../src/domain/event';

export const told = (copy: EventCopy): string =>
  [
    copy.eventId ?? 'null',
    copy.operation,
    copy.model,
    copy.recordId,
    new Date(copy.occurredAtMs).toISOString().replace('.000Z', ''),
    copy.priority ?? 'null',
    ...(copy.changedFields === null ? [] : ['changed', copy.changedFields.join(',')]),
  ].join(' ');

/** The copy of an arrival that must have been understood. */
export const copyOf = (arrival: Arrival): EventCopy => {
  if (arrival.kind === 'unreadable') throw new Error(`not understood: ${arrival.reason}`);
  return arrival.copy;
};
