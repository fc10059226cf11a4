// A source and its books, for people.
import { z } from 'zod';
import type { JsonObject } from './client';
import type { Desk } from './desk';
import { understood } from './lists';
import { span } from './screen/times';
import { DEAD_LETTERS, QUARANTINE, stateCell } from './screen/words';
import { modelShape, sourceShape, type Reconciliation } from './shapes';

export function showSource(desk: Desk, answer: JsonObject): void {
  const source = understood(sourceShape, answer);
  const models = understood(z.array(modelShape).default([]), answer['models']);
  const { last_error: error } = source;
  desk.fields([
    ['name', { text: source.name, tone: 'strong' }],
    ['state', stateCell(source.state)],
    ['why', source.state_detail ?? source.paused_reason],
    ['cursor', source.cursor === null ? null : String(source.cursor)],
    ['last pull', source.last_success_at === null ? null : desk.time(source.last_success_at)],
    ['next pull', source.next_pull_at === null ? null : desk.time(source.next_pull_at)],
    ['interval', source.interval_ms === null ? null : `${source.interval_ms} ms`],
    ['page', source.limit === null ? null : `${source.limit} rows`],
    ['last failure', error === null ? null : `${error.message} (${desk.time(error.at)})`],
    ...Object.entries(source.counts).map(([name, count]) => [name, String(count)] as const),
  ]);
  if (models.length === 0) return;
  desk.heading('Models');
  desk.table(
    ['MODEL', 'EVENTS', 'LAST EVENT', 'RECEIVED'],
    models.map((model) => [
      model.model,
      String(model.events),
      model.last_event ?? '',
      desk.time(model.last_received_at),
    ]),
  );
}

export function showReconciliation(desk: Desk, books: Reconciliation): void {
  desk.fields([
    ['source', { text: books.source, tone: 'strong' }],
    ['verdict', { text: books.verdict, tone: books.complete ? 'good' : 'bad' }],
    ['came', `${books.pulled} by pull, ${books.pushed} by push`],
    ['became', `${books.accepted} events, ${books.duplicates} copies of known ones`],
    ['delivered', `${books.delivered} webhooks`],
    ['acknowledged', String(books.acknowledged)],
    ['waiting', String(books.pending)],
    ['dead letters', String(books.dead_letter)],
    ['in quarantine', String(books.quarantined)],
  ]);
  if (books.dead_letter > 0) desk.note(DEAD_LETTERS);
  if (books.quarantined > 0) desk.note(QUARANTINE);
  if (books.gaps.length === 0) return;
  desk.heading('Ids that were not pulled');
  desk.table(
    ['FROM', 'TO', 'FOR', 'WHAT'],
    books.gaps.map(({ from, to, age_seconds: age, kind }) => [
      String(from),
      String(to),
      age === null ? '' : (span(age * 1000) ?? '0 s'),
      kind,
    ]),
  );
}
