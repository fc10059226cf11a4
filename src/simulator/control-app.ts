// Drives and judges the simulator from another process, on a port of its own: Odoo's port can be down.
// No part of Odoo. For a lab only: whoever reaches it may do everything.

import express from 'express';
import type { ErrorRequestHandler, Express } from 'express';
import { z } from 'zod';

import { changesBody, faultsBody, keyBody, listQuery, newChangeBody, skipBody } from './control-bodies';
import { pushRoutes } from './control-push';
import type { LedgerEntry } from './ledger-types';
import type { LateCommit } from './change-types';
import type { Simulator } from './simulator-types';

export function createControlApp(simulator: Simulator): Express {
  const app = express();
  const router = express.Router();
  app.use(express.json({ limit: '16mb' }));
  app.use('/simulator', router, pushRoutes(simulator));
  app.use(refuse);

  const openCommits = new Map<number, LateCommit>();
  const listed = (entries: readonly LedgerEntry[], query: unknown): readonly LedgerEntry[] => {
    const { afterSerial, limit } = listQuery.parse(query);
    return entries.filter(({ change }) => change.serial > afterSerial).slice(0, limit);
  };

  router.post('/changes', (req, res) => {
    const { count, each } = changesBody.parse(req.body);
    const made = simulator.changeMany(count, each);
    res.json({ count, first: made.at(0) ?? null, last: made.at(-1) ?? null });
  });
  router.post('/late-commits', (req, res) => {
    const late = simulator.lateCommit(newChangeBody.parse(req.body ?? {}));
    openCommits.set(late.change.serial, late);
    res.json(late.change);
  });
  router.post('/late-commits/:serial/:end', (req, res) => {
    const { serial, end } = z
      .object({ serial: z.coerce.number(), end: z.enum(['commit', 'rollback']) })
      .parse(req.params);
    openCommits.get(serial)?.[end]();
    res.json(simulator.ledger.bySerial(serial));
  });
  router.delete('/rows/:pullId', (req, res) => {
    res.json({ deleted: simulator.deleteRow(Number(req.params.pullId)) });
  });
  router.post('/reset-ids', (_req, res) => {
    simulator.resetIds();
    res.json({ reset: true });
  });
  router.post('/skip-push-ids', (req, res) => {
    const { count } = skipBody.parse(req.body);
    simulator.skipPushIds(count);
    res.json({ skipped: count });
  });
  router.put('/key', (req, res) => {
    simulator.setApiKey(keyBody.parse(req.body).key);
    res.json({ set: true });
  });

  router.get('/faults', (_req, res) => {
    res.json(simulator.faults.armed);
  });
  router.put('/faults', (req, res) => {
    simulator.faults.set(faultsBody.parse(req.body));
    res.json(simulator.faults.armed);
  });

  router.post('/stop', async (_req, res) => {
    await simulator.stop();
    res.json({ listening: false });
  });
  router.post('/start', async (_req, res) => {
    await simulator.start();
    res.json({ listening: true, url: simulator.url });
  });

  router.get('/ledger', (_req, res) => {
    res.json(simulator.ledger.summary());
  });
  router.get('/ledger/entries', (req, res) => {
    res.json(listed(simulator.ledger.entries(), req.query));
  });
  router.get('/ledger/unmarked', (req, res) => {
    res.json(listed(simulator.ledger.unmarked(), req.query));
  });
  router.get('/ledger/stray-marks', (_req, res) => {
    res.json(simulator.ledger.strayMarks());
  });
  router.get('/ledger/payloads/:serial', (req, res) => {
    res.json(simulator.ledger.payloadOf(Number(req.params.serial)));
  });
  router.get('/requests', (_req, res) => {
    const { requests } = simulator;
    res.json({
      counts: requests.counts(),
      answers: requests.answers(),
      pulls: requests.pulls(),
      marks: requests.marks(),
    });
  });
  return app;
}

const refuse: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof z.ZodError) res.status(400).json({ error: z.prettifyError(error) });
  else next(error);
};
