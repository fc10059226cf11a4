// What could not be understood or stored, as it came: looked at, taken in again after a fix, or given up.
// Never changes what came itself.
import { Router } from 'express';
import { z } from 'zod';
import {
  listQuarantine,
  QUARANTINE_STATUSES,
  readQuarantine,
  settleQuarantine,
  type QuarantinedEntry,
} from '../../store/quarantine';
import { actorOf } from '../auth';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, oneOf, pageFields, pageOf, reason, requiredReason, text } from '../fields';
import { expectNoQuery, parseBody, parseQuery } from '../parse';
import { timeOf } from '../present';
import { Problem } from '../problem';
import { retake } from '../retake';

const listQuery = z.strictObject({
  source: text.optional(),
  status: oneOf(QUARANTINE_STATUSES).optional(),
  ...pageFields,
});
/** It may be as large as one that is pushed; an object spares the quoting. */
const CORRECTED = 'the corrected event: an object, or JSON in a text';
const retryBody = z.strictObject({
  raw: z.custom<string | object>((sent) => isText(sent) || isObject(sent), CORRECTED).optional(),
  reason,
});
const discardBody = z.strictObject({ reason: requiredReason });

export function quarantineRoutes(dependencies: ApiDependencies): Router {
  const { store } = dependencies;
  const router = Router();

  router
    .route('/quarantine')
    .get(async (request, response) => {
      const query = parseQuery(listQuery, request);
      const { limit: limitRows, cursor: before = null, source = null, status = null } = query;
      const rows = await listQuarantine(store.db, { limitRows: limitRows + 1, before, source, status });
      const { page, next } = pageOf(rows, limitRows, ({ id }) => cursorTo(id));
      response.json({ quarantine: page.map(presentEntry), next });
    })
    .all(onlyAllows('GET'));

  router
    .route('/quarantine/:id')
    .get(async (request, response) => {
      expectNoQuery(request);
      const entry = await find(request.params.id);
      const raw = entry.rawDroppedAtMs === null ? rawOf(entry) : null;
      response.json({ ...presentEntry(entry), raw, raw_dropped_at: timeOf(entry.rawDroppedAtMs) });
    })
    .all(onlyAllows('GET'));

  router
    .route('/quarantine/:id/retry')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { raw, reason = null } = parseBody(retryBody, request.body);
      const entry = await findOpen(request.params.id);
      const asked = { raw: raw ?? rawOf(entry), by: actorOf(), reason };
      response.json(await retake(dependencies, entry, asked));
    })
    .all(onlyAllows('POST'));

  router
    .route('/quarantine/:id/discard')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason } = parseBody(discardBody, request.body);
      const { id } = await findOpen(request.params.id);
      const settled = await settleQuarantine(store.db, id, {
        status: 'discarded',
        by: actorOf(),
        reason,
      });
      const entry = await find(request.params.id);
      if (!settled) throw alreadySettled(entry);
      response.json(presentEntry(entry));
    })
    .all(onlyAllows('POST'));

  return router;

  async function find(id: string): Promise<EntryWithRaw> {
    const entry = /^\d{1,15}$/.test(id) ? await readQuarantine(store.db, Number(id)) : null;
    if (entry !== null) return entry;
    throw new Problem(404, `nothing in quarantine has the id "${id}": GET /api/v1/quarantine lists it`);
  }

  async function findOpen(id: string): Promise<EntryWithRaw> {
    const entry = await find(id);
    if (entry.status !== 'open') throw alreadySettled(entry);
    return entry;
  }
}

const isText = (sent: unknown) => typeof sent === 'string' && sent !== '';
/** Looked at one level deep: what came may be nested as deep as it likes. */
const isObject = (sent: unknown) => typeof sent === 'object' && sent !== null && !Array.isArray(sent);

type EntryWithRaw = QuarantinedEntry & { readonly raw: Uint8Array };

function rawOf({ raw }: EntryWithRaw): string {
  return Buffer.from(raw).toString();
}

function alreadySettled({ settled }: QuarantinedEntry): Problem {
  const key = settled?.key ?? null;
  const became =
    key === null
      ? 'it was discarded; when it comes again in another form, it is taken in'
      : `it became the event ${key}: look at GET /api/v1/events?q=…`;
  return new Problem(409, `it is settled: ${became}`);
}

function presentEntry(entry: QuarantinedEntry) {
  const { settled } = entry;
  return {
    id: entry.id,
    source: entry.source,
    channel: entry.channel,
    pull_id: entry.pullId,
    reason: entry.reason,
    status: entry.status,
    first_at: timeOf(entry.firstAtMs),
    last_at: timeOf(entry.lastAtMs),
    times: entry.times,
    settled_at: timeOf(settled?.atMs ?? null),
    settled_by: settled?.by ?? null,
    settled_reason: settled?.reason ?? null,
    key: settled?.key ?? null,
  };
}
