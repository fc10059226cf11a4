// A subscription for people.
import type { Desk } from './desk';
import { stateCell } from './screen/words';
import type { Subscription } from './shapes';

/** In words: `models res.*; operations create, write`. */
export function filterText(filter: Subscription['filter']): string {
  const parts = Object.entries(filter).map(([name, values]) => `${name} ${values.join(', ')}`);
  return parts.length === 0 ? 'every event' : parts.join('; ');
}

export function showSubscription(desk: Desk, one: Subscription): void {
  desk.fields([
    ['name', { text: one.name, tone: 'strong' }],
    ['id', one.id],
    ['status', stateCell(one.status)],
    ['why', one.status_reason],
    ['circuit', stateCell(one.circuit)],
    ['open until', one.circuit_open_until === null ? null : desk.time(one.circuit_open_until)],
    ['failures in a row', String(one.failures)],
    ['failing since', one.failing_since === null ? null : desk.time(one.failing_since)],
    ['url', one.url],
    ['wants', filterText(one.filter)],
    ['ordered', one.ordered ? 'yes' : 'no'],
    ['coalesce', one.coalesce ? 'yes' : 'no'],
    ['rate', one.rate_per_second === null ? 'no limit' : `${one.rate_per_second} per second at most`],
    ['kept in', one.seeded ? 'jisr.yaml: change it there' : null],
    [
      'old secret signs until',
      one.previous_secret_until === null ? null : desk.time(one.previous_secret_until),
    ],
    ['created', desk.time(one.created_at)],
  ]);
  if (one.secret !== undefined) {
    desk.say('');
    desk.say(`secret, shown only now: ${one.secret}`);
  }
  if (one.status === 'disabled' || one.circuit === 'open')
    desk.say(`mend the cause, then: jisr subscriptions resume ${one.name}`);
}
