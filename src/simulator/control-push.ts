// The part of the control API that has Odoo push.
// No part of Odoo.

import { Router } from 'express';

import { pushBody, testEventBody } from './control-bodies';
import type { Simulator } from './simulator-types';

export function pushRoutes(simulator: Simulator): Router {
  const router = Router();
  router.put('/push', (req, res) => {
    simulator.setPush(pushBody.parse(req.body).target);
    res.json({ set: true });
  });
  router.post('/cron', async (_req, res) => {
    await simulator.runCron();
    res.json({ run: true });
  });
  router.post('/connection-test', async (_req, res) => {
    res.json({ statuses: await simulator.connectionTest() });
  });
  router.post('/test-event', async (req, res) => {
    res.json(await simulator.testEvent(testEventBody.parse(req.body ?? {}).model));
  });
  router.post('/pushes-idle', async (_req, res) => {
    await simulator.pushesIdle();
    res.json({ idle: true });
  });
  return router;
}
