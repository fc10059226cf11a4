// Takes what is in quarantine in once more, through the one door: after a fix of Jisr or of the configuration it may be
// understood now, or an operator corrected it. Killed between the two commits, it stays open, and the next try finds
// that the event is known.
import type { Arrival } from '../domain/event';
import { required } from '../domain/required';
import { readPulledRow } from '../odoo/shapes/pulled-row';
import { readPush } from '../odoo/shapes/push';
import { isJson } from '../odoo/wire';
import { settleQuarantine, type QuarantinedEntry } from '../store/quarantine';
import type { ApiDependencies } from './dependencies';
import { Problem } from './problem';

export interface Retaken {
  readonly event_id: string | null;
  readonly key: string;
  readonly duplicate: boolean;
}

/**
 * @param raw JSON, as it came or corrected
 * @throws Problem 422 when it is still not understood: it stays open. 409 when its source is not configured.
 */
export async function retake(
  { store, sources, intake, bell }: Pick<ApiDependencies, 'store' | 'sources' | 'intake' | 'bell'>,
  entry: QuarantinedEntry,
  raw: string,
  actor: string,
): Promise<Retaken> {
  const source = sources.find(({ name }) => name === entry.source);
  if (source === undefined)
    throw new Problem(409, `its source "${entry.source}" is not configured: configure it, then retry`);
  const arrival = read(entry, raw);
  if (arrival.kind === 'unreadable') throw stillNotUnderstood(arrival.reason);
  const [accepted] = await intake.accept(source.intake, entry.channel, [arrival], null);
  const one = required(accepted, 'the answer to a copy');
  if (one.kind === 'quarantined')
    throw stillNotUnderstood(`the database refuses it: see GET /api/v1/quarantine/${one.quarantineId}`);
  if (one.kind === 'new') bell.ring();
  await settleQuarantine(store.db, entry.id, { status: 'retried', by: actor, key: one.key });
  return { event_id: one.eventId, key: one.key, duplicate: one.kind === 'duplicate' };
}

function read({ channel }: QuarantinedEntry, raw: string): Arrival {
  const body = parse(raw);
  if (channel === 'pull') {
    const row = isJson(body) ? readPulledRow(body) : null;
    return row?.arrival ?? { kind: 'unreadable', reason: 'no row with a positive `id`', raw };
  }
  const push = readPush(body);
  switch (push.kind) {
    case 'single':
      return push.arrival;
    case 'unknown':
      return { kind: 'unreadable', reason: push.reason, raw };
    case 'connection-test':
    case 'test-event':
      return { kind: 'unreadable', reason: 'it is a test and stands for no change', raw };
    case 'batch':
      return { kind: 'unreadable', reason: 'it is a batch: correct one event of it', raw };
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
