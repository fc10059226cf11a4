// Takes what is in quarantine in once more, through the one door: after a fix of Jisr or of the configuration it may be
// understood now, or an operator corrected it. Killed between the two commits, it stays open, and the next try finds
// that the event is known.
import type { Arrival } from '../domain/event';
import { required } from '../domain/required';
import { readLoneRow } from '../odoo/shapes/pulled-row';
import { readPush } from '../odoo/shapes/push';
import { settleQuarantine, type QuarantinedEntry } from '../store/quarantine';
import type { ApiDependencies } from './dependencies';
import { Problem } from './problem';

export interface Retaken {
  readonly event_id: string | null;
  readonly key: string;
  readonly duplicate: boolean;
}

export interface RetakeRequest {
  /** As it came or corrected: JSON in a text, or what it says. */
  readonly raw: string | object;
  readonly by: string;
  readonly reason: string | null;
}

/** @throws Problem 422 when it is still not understood: it stays open. 409 when its source is not configured. */
export async function retake(
  { store, sources, intake, bell }: Pick<ApiDependencies, 'store' | 'sources' | 'intake' | 'bell'>,
  entry: QuarantinedEntry,
  { raw, by, reason }: RetakeRequest,
): Promise<Retaken> {
  const source = sources.find(({ name }) => name === entry.source);
  if (source === undefined)
    throw new Problem(409, `its source "${entry.source}" is not configured: configure it, then retry`);
  const arrival = read(entry, typeof raw === 'string' ? parse(raw) : raw);
  if (arrival.kind === 'unreadable') throw stillNotUnderstood(arrival.reason);
  const [accepted] = await intake.accept(source.intake, entry.channel, [arrival], null);
  const one = required(accepted, 'the answer to a copy');
  if (one.kind === 'quarantined')
    throw stillNotUnderstood(`the database refuses it: see GET /api/v1/quarantine/${one.quarantineId}`);
  if (one.kind === 'new') bell.ring();
  await settleQuarantine(store.db, entry.id, { status: 'retried', by, reason, key: one.key });
  return { event_id: one.eventId, key: one.key, duplicate: one.kind === 'duplicate' };
}

function read({ channel, pullId }: QuarantinedEntry, body: unknown): Arrival {
  if (channel === 'pull') {
    const row = readLoneRow(body);
    if (row === null) throw stillNotUnderstood('no row with a positive `id`');
    // Under another id it would stand in the way of that row.
    if (pullId !== null && pullId !== String(row.id))
      throw stillNotUnderstood(`its \`id\` is not ${pullId}, by which Odoo knows it`);
    return row.arrival;
  }
  const push = readPush(body);
  switch (push.kind) {
    case 'single':
      return push.arrival;
    case 'unknown':
      throw stillNotUnderstood(push.reason);
    case 'connection-test':
    case 'test-event':
      throw stillNotUnderstood('it is a test and stands for no change');
    case 'batch':
      throw stillNotUnderstood('it is a batch: correct one event of it');
  }
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    throw stillNotUnderstood('it is not JSON');
  }
}

function stillNotUnderstood(why: string): Problem {
  const detail = `still not understood (${why}): it stays in quarantine; send a corrected body as \`raw\`, or discard it`;
  return new Problem(422, detail);
}
