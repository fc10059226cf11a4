// What Jisr did by itself and an operator has to know. Never changes it.
import { Router } from 'express';
import { z } from 'zod';
import { listNotices, type Notice } from '../../store/notices';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, pageFields, pageOf } from '../fields';
import { parseQuery } from '../parse';
import { timeOf } from '../present';

const listQuery = z.strictObject(pageFields);

export function noticeRoutes({ store }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/notices')
    .get(async (request, response) => {
      const { limit: limitRows, cursor: before = null } = parseQuery(listQuery, request);
      const rows = await listNotices(store.db, { limitRows: limitRows + 1, before });
      const { page, next } = pageOf(rows, limitRows, ({ id }) => cursorTo(id));
      response.json({ notices: page.map(presentNotice), next });
    })
    .all(onlyAllows('GET'));

  return router;
}

function presentNotice({ id, atMs, kind, subject, message }: Notice) {
  return { id, at: timeOf(atMs), kind, subject, message };
}
