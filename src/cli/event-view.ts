// One event for people: what it is, how it came, how each delivery goes, and what to do next.
import type { Desk } from './desk';
import type { Holds } from './holds';
import { plainLine } from './screen/text';
import { stateCell } from './screen/words';
import type { Delivery, WholeEvent } from './shapes';
import { asCommands } from './wording';

export function showEvent(desk: Desk, event: WholeEvent, holds: Holds): void {
  desk.fields([
    ['key', { text: event.key, tone: 'strong' }],
    ['record', `${event.model}/${event.record_id}`],
    ['operation', event.operation],
    ['status', stateCell(event.status)],
    ['priority', event.priority],
    ['category', event.category],
    ['source', event.source],
    ['user', userOf(event)],
    ['changed fields', event.changed_fields?.join(', ') ?? null],
    ['occurred', desk.time(event.occurred_at)],
    ['received', desk.time(event.received_at)],
    ['processed', event.processed_at === null ? null : desk.time(event.processed_at)],
    ['temporal', event.temporal_url],
  ]);
  desk.heading('How it came');
  desk.table(
    ['CHANNEL', 'ID', 'FIRST', 'LAST', 'TIMES'],
    event.copies.map((copy) => [
      copy.channel,
      copy.id ?? '',
      desk.time(copy.first_at),
      desk.time(copy.last_at),
      String(copy.times),
    ]),
  );
  for (const delivery of event.deliveries) {
    desk.heading(`To ${delivery.subscription.name}`);
    showDelivery(desk, delivery, holds);
  }
  if (event.deliveries.length === 0 && event.status === 'processed')
    desk.note(
      'nobody had subscribed to it when it was processed: `jisr events replay` delivers it to who has since',
    );
  if (event.actions.length > 0) {
    desk.heading('What people did');
    desk.table(
      ['WHEN', 'WHAT', 'WHY'],
      event.actions.map(({ at, action, reason }) => [desk.time(at), action, reason ?? '']),
    );
  }
  showPayload(desk, event.payload);
  showNextStep(desk, event);
}

function showPayload(desk: Desk, payload: unknown): void {
  desk.heading('Payload');
  for (const line of JSON.stringify(payload ?? null, null, 2).split('\n')) {
    const text = line.trimStart();
    desk.say(' '.repeat(line.length - text.length) + plainLine(text));
  }
}

export function showDelivery(desk: Desk, delivery: Delivery, holds: Holds): void {
  desk.fields([
    ['id', delivery.id],
    ['state', stateCell(delivery.state)],
    ['next attempt', delivery.next_attempt_at === null ? null : desk.time(delivery.next_attempt_at)],
    ['held up', holds.get(delivery.subscription.id) ?? null],
  ]);
  if (delivery.attempts.length === 0) return;
  desk.table(
    ['ATTEMPT', 'WHEN', 'ANSWER', 'TOOK', 'FAILURE'],
    delivery.attempts.map((attempt, place) => [
      String(place + 1),
      desk.time(attempt.at),
      String(attempt.status ?? 'none'),
      `${attempt.duration_ms} ms`,
      attempt.error_class === null ? '' : { text: attempt.error_class, tone: 'bad' },
    ]),
  );
  const last = delivery.attempts.at(-1);
  if (last === undefined || last.error_class === null) return;
  desk.fields([
    ['why', last.message === null ? null : asCommands(last.message)],
    ['answered', last.response === null || last.response === '' ? null : last.response],
  ]);
}

function showNextStep(desk: Desk, { key, status }: WholeEvent): void {
  if (status !== 'dead_letter') return;
  desk.heading('What to do');
  desk.say(`mend the cause, then: jisr events retry ${key}`);
  desk.say(`or give it up:        jisr events discard ${key} --reason "…"`);
}

function userOf({ user }: WholeEvent): string | null {
  if (user === null) return null;
  return [user.name, user.id === null ? null : `(${user.id})`].filter((part) => part !== null).join(' ');
}
