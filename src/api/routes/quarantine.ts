// What could not be understood or stored, as it came. Never changes it.
import { Router } from 'express';
import { z } from 'zod';
import { listQuarantine, readQuarantine, type QuarantinedEntry } from '../../store/quarantine';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, pageFields, pageOf, text } from '../fields';
import { expectNoQuery, parseQuery } from '../parse';
import { timeOf } from '../present';
import { Problem } from '../problem';

const listQuery = z.strictObject({ source: text.optional(), ...pageFields });

export function quarantineRoutes({ store }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/quarantine')
    .get(async (request, response) => {
      const { limit: limitRows, cursor: before = null, source = null } = parseQuery(listQuery, request);
      const rows = await listQuarantine(store.db, { limitRows: limitRows + 1, before, source });
      const { page, next } = pageOf(rows, limitRows, ({ id }) => cursorTo(id));
      response.json({ quarantine: page.map(presentEntry), next });
    })
    .all(onlyAllows('GET'));

  router
    .route('/quarantine/:id')
    .get(async (request, response) => {
      expectNoQuery(request);
      const { id } = request.params;
      const entry = /^\d{1,15}$/.test(id) ? await readQuarantine(store.db, Number(id)) : null;
      if (entry === null)
        throw new Problem(404, `nothing in quarantine has the id "${id}": GET /api/v1/quarantine lists it`);
      response.json({ ...presentEntry(entry), raw: Buffer.from(entry.raw).toString() });
    })
    .all(onlyAllows('GET'));

  return router;
}

function presentEntry(entry: QuarantinedEntry) {
  return {
    id: entry.id,
    source: entry.source,
    channel: entry.channel,
    reason: entry.reason,
    status: entry.status,
    first_at: timeOf(entry.firstAtMs),
    last_at: timeOf(entry.lastAtMs),
    times: entry.times,
  };
}
