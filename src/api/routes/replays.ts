// Bulk acts: asked for, looked at, paused, gone on with, ended. Never touches an event: their workflow does.
import { Router } from 'express';
import { z } from 'zod';
import { BridgeUnavailable } from '../../control/ask';
import { REPLAY_STATES, type ReplayState } from '../../domain/replay';
import { listReplays, readReplay, setReplayState, type Replay } from '../../store/replays/rows';
import { actorOf } from '../auth';
import { answerBulkAct, type AskedAct } from '../bulk-acts';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, oneOf, pageFields, pageOf, reason } from '../fields';
import { expectNoQuery, parseBody, parseQuery } from '../parse';
import { presentReplay } from '../present-replay';
import { Problem } from '../problem';
import { filterOf, replayBody } from '../replay-fields';

const listQuery = z.strictObject({ state: oneOf(REPLAY_STATES).optional(), ...pageFields });
const noBody = z.strictObject({});
const reasonBody = z.strictObject({ reason });

export function replayRoutes(dependencies: ApiDependencies): Router {
  const { store, replayRuns, temporalUi, log } = dependencies;
  const router = Router();

  router
    .route('/replays')
    .get(async (request, response) => {
      const { limit: limitRows, cursor: before = null, state = null } = parseQuery(listQuery, request);
      const rows = await listReplays(store.db, { limitRows: limitRows + 1, before, state });
      const { page, next } = pageOf(rows, limitRows, ({ seq }) => cursorTo(seq));
      response.json({ replays: page.map((replay) => presentReplay(replay, temporalUi)), next });
    })
    .post((request, response) => answerBulkAct(dependencies, request, response, asked))
    .all(onlyAllows('GET', 'POST'));

  router
    .route('/replays/:id')
    .get(async (request, response) => {
      expectNoQuery(request);
      const replay = await readReplay(store.db, request.params.id);
      if (replay === null) throw noSuchReplay(request.params.id);
      response.json(presentReplay(replay, temporalUi));
    })
    .all(onlyAllows('GET'));

  router
    .route('/replays/:id/pause')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(reasonBody, request.body);
      const { status, replay } = await change(request.params.id, 'paused', why);
      response.status(status).json(presentReplay(replay, temporalUi));
    })
    .all(onlyAllows('POST'));

  router
    .route('/replays/:id/resume')
    .post(async (request, response) => {
      expectNoQuery(request);
      parseBody(noBody, request.body);
      const { status, replay } = await change(request.params.id, 'running', null);
      response.status(status).json(presentReplay(replay, temporalUi));
    })
    .all(onlyAllows('POST'));

  router
    .route('/replays/:id/abort')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(reasonBody, request.body);
      const { status, replay } = await change(request.params.id, 'aborted', why);
      response.status(status).json(presentReplay(replay, temporalUi));
    })
    .all(onlyAllows('POST'));

  return router;

  /** In the store, where it is seen before each page; 202 when the workflow will only see it later. */
  async function change(
    id: string,
    to: ReplayState,
    why: string | null,
  ): Promise<{ readonly status: 200 | 202; readonly replay: Replay }> {
    const by = `by ${actorOf()}${why === null ? '' : `: ${why}`}`;
    const changed = await setReplayState(store.db, id, to, to === 'running' ? null : by);
    if (changed.kind === 'unknown') throw noSuchReplay(id);
    if (changed.kind === 'over')
      throw new Problem(409, `it is ${changed.replay.state} and stays so: ask for a new one`);
    const told = await replayRuns.wake(id).then(() => true, unlessUnavailable);
    if (!told) log.warn({ replay: id, to }, 'set in the store; its workflow could not be told');
    return { status: told ? 200 : 202, replay: changed.replay };
  }
}

function asked(body: unknown): AskedAct {
  const { filter, only, subscription, rate_per_second, reason: why, dry_run } = parseBody(replayBody, body);
  return {
    act: 'replay',
    scope: only,
    filter: filterOf(filter),
    subscription,
    ratePerSecond: rate_per_second,
    reason: why,
    isDryRun: dry_run,
  };
}

function unlessUnavailable(error: unknown): false {
  if (error instanceof BridgeUnavailable) return false;
  throw error;
}

function noSuchReplay(id: string): Problem {
  return new Problem(404, `no replay has the id "${id}": GET /api/v1/replays lists them`);
}
