// Bulk acts on the real server: events are handed on in order and once, below live traffic, and dead letters' parked
// runs hear of it.
import { abortSignal, pauseSignal, replayQuery, resumeSignal } from '../../src/contracts/messages';
import { replayWorkflowId } from '../../src/contracts/names';
import { createReplayRuns } from '../../src/control/replay-runs';
import { readActions } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import { readReplay, setReplayState } from '../../src/store/replays/rows';
import { eventually } from '../support/bridge';
import { aReplay } from '../support/replays';
import { setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('bulk acts', (openStore) => {
  const stage = setStage(openStore, { JISR_DELIVERY_SCHEDULE: '0,0.2' });
  const { store, session, subscriber, start, stop, run, accept, statesBecome, parks, answered } = stage;
  let crm: { readonly id: string };
  beforeEach(async () => {
    crm = await subscribe(store(), { url: `${subscriber().url}/hook` });
  });

  const keysOf = () => subscriber().received.map(({ body }) => (JSON.parse(body) as Body).data.key);
  const handle = (id: string) => run(replayWorkflowId(id));
  const begin = async (over: Parameters<typeof aReplay>[1] = {}) => {
    const replay = await aReplay(store().db, over);
    await createReplayRuns(session().client).start(replay);
    return replay.id;
  };
  const rowOf = async (id: string) => (await readReplay(store().db, id))!;
  const ends = (id: string) =>
    eventually(async () => {
      expect((await rowOf(id)).state).toBe('done');
    }, 60_000);
  const events = (from: number, to: number, records = 1_000_000) =>
    Array.from({ length: to - from + 1 }, (_, place) => ({
      eventId: String(from + place),
      recordId: 1 + ((from + place) % records),
    }));

  test('a replay delivers every event once more, a record in its order, under the same webhook-ids', async () => {
    await start();
    await accept(...events(1, 30, 3));
    await statesBecome({ processed: 30 });
    const first = subscriber().received.length;
    const id = await begin({ ratePerSecond: 200 });
    await ends(id);
    await statesBecome({ processed: 30 });
    const [before, after] = [subscriber().received.slice(0, first), subscriber().received.slice(first)];
    expect(after).toHaveLength(30);
    expect(new Set(after.map((one) => one.id))).toEqual(new Set(before.map((one) => one.id)));
    for (const record of [1, 2, 3]) {
      const ofRecord = keysOf()
        .slice(first)
        .filter((key) => 1 + (Number(key) % 3) === record)
        .map(Number);
      expect(ofRecord).toEqual([...ofRecord].sort((a, b) => a - b));
    }
    expect(await rowOf(id)).toMatchObject({ planned: 30, done: 30, skipped: 0, skips: {}, waitsFor: null });
    expect(await handle(id).result()).toMatchObject({ state: 'done', done: 30 });
    const { seq } = (await readEvent(store().db, '7'))!;
    expect(await readActions(store().db, seq)).toMatchObject([
      { action: 'replay', actor: 'admin', reason: 'a test', replayId: id },
    ]);
    const shown = await handle(id).describe();
    expect(await shown.staticSummary()).toBe('replay of 30 events by admin: a test');
    expect(await shown.staticDetails()).toContain('which events: `{"source":"main"}`');
    const { currentDetails } = await handle(id).query<{ currentDetails: string }>(
      '__temporal_workflow_metadata',
    );
    expect(currentDetails).toContain('**30** of 30 events handed on, 0 skipped');
    expect(currentDetails).toContain('- by: admin\n- why: a test');
    // A second one over the same events is one of its own.
    const second = await begin({ ratePerSecond: 200 });
    await ends(second);
    await eventually(() => {
      expect(subscriber().received).toHaveLength(first + 60);
    });
    expect(new Set(subscriber().received.map((one) => one.id)).size).toBe(30);
  }, 120_000);

  test('only what failed: the parked runs of dead letters hear of it, and sent deliveries stay sent', async () => {
    await start();
    await subscribe(store(), { name: 'erp', url: `${subscriber().url}/erp` });
    subscriber().behave(({ path }) => ({ status: path === '/hook' ? 404 : 200 }));
    await accept(...events(1, 12, 4));
    for (const { eventId } of events(1, 12)) await parks(eventId);
    const runs = await Promise.all(
      events(1, 12).map(async ({ eventId }) => (await run(eventId).describe()).runId),
    );
    answered();
    const first = subscriber().received.length;
    const id = await begin({ scope: 'failed', act: 'retry', ratePerSecond: 200 });
    await ends(id);
    await statesBecome({ processed: 12, dead_letter: 0 });
    const again = subscriber().received.slice(first);
    expect(again.map(({ path }) => path)).toEqual(Array.from({ length: 12 }, () => '/hook'));
    expect(
      await Promise.all(events(1, 12).map(async ({ eventId }) => (await run(eventId).describe()).runId)),
    ).toEqual(runs);
    expect(await rowOf(id)).toMatchObject({ done: 12, skipped: 0, toTell: [] });
  }, 120_000);

  test('a parked run is told only when the earlier event of its record has had its try', async () => {
    await start();
    subscriber().behave(({ body }) => ({ status: keyIn(body) === '1' ? 200 : 404 }));
    for (const eventId of ['1', '2', '3']) await accept({ eventId, recordId: 42 });
    for (const key of ['2', '3']) await parks(key);
    await statesBecome({ processed: 1, dead_letter: 2 });
    const answeredAtMs = new Map<string, number>();
    const overtook: string[] = [];
    subscriber().behave(({ body }) => {
      const key = keyIn(body);
      const before = answeredAtMs.get(String(Number(key) - 1)) ?? (key === '1' ? 0 : Infinity);
      if (Date.now() < before) overtook.push(key);
      answeredAtMs.set(key, Date.now() + 800);
      return { status: 200, afterMs: 800 };
    });
    const id = await begin({ ratePerSecond: 200 });
    await eventually(async () => {
      expect(await rowOf(id)).toMatchObject({ state: 'running', waitsFor: 'earlier-event' });
    });
    await ends(id);
    await statesBecome({ processed: 3, dead_letter: 0 });
    expect(overtook).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ done: 3, skipped: 0, waitsFor: null });
  }, 90_000);

  test('dead letters whose run was ended are retried by a new one', async () => {
    await start();
    subscriber().behave(() => ({ status: 404 }));
    await accept(...events(1, 3));
    for (const { eventId } of events(1, 3)) await parks(eventId);
    await run('2').terminate();
    answered();
    const id = await begin({ scope: 'failed', ratePerSecond: 200 });
    await ends(id);
    await statesBecome({ processed: 3 });
  }, 90_000);

  test('a class of dead letters is discarded, and their runs end', async () => {
    await start();
    subscriber().behave(({ body }) => ({
      status: Number((JSON.parse(body) as Body).data.key) <= 3 ? 404 : 500,
    }));
    await accept(...events(1, 5));
    for (const { eventId } of events(1, 5)) await parks(eventId);
    const id = await begin({ act: 'discard', scope: 'failed', filter: { errorClass: 'rejected' } });
    await ends(id);
    await statesBecome({ discarded: 3, dead_letter: 2 });
    for (const key of ['1', '2', '3']) expect(await run(key).result()).toBe('discarded');
    const { seq } = (await readEvent(store().db, '1'))!;
    expect(await readActions(store().db, seq)).toMatchObject([
      { action: 'discard', actor: 'admin', replayId: id },
    ]);
  }, 90_000);

  test('one of two subscriptions gets the replay alone', async () => {
    await start();
    await subscribe(store(), { name: 'erp', url: `${subscriber().url}/erp` });
    await accept(...events(1, 5));
    await statesBecome({ processed: 5 });
    const first = subscriber().received.length;
    const id = await begin({ subscriptionId: crm.id, ratePerSecond: 200 });
    await ends(id);
    await statesBecome({ processed: 5 });
    expect(
      subscriber()
        .received.slice(first)
        .map(({ path }) => path),
    ).toEqual(Array.from({ length: 5 }, () => '/hook'));
  }, 90_000);

  test('pause, resume and abort by signal hold it between two pages', async () => {
    await start();
    await accept(...events(1, 60));
    await statesBecome({ processed: 60 });
    const id = await begin({ ratePerSecond: 10 });
    await eventually(async () => {
      expect((await rowOf(id)).done).toBeGreaterThan(0);
    });
    await handle(id).signal(pauseSignal, { reason: 'the CRM is slow' });
    await eventually(async () => {
      expect(await handle(id).query(replayQuery)).toMatchObject({
        state: 'paused',
        stateReason: 'the CRM is slow',
      });
    });
    const { done } = await rowOf(id);
    expect(done).toBeLessThan(60);
    // Whatever was handed on comes through; nothing follows.
    await statesBecome({ processed: 60 });
    expect((await rowOf(id)).done).toBe(done);
    await handle(id).signal(resumeSignal);
    await eventually(async () => {
      expect((await rowOf(id)).done).toBeGreaterThan(done);
    });
    await handle(id).signal(abortSignal, { reason: 'enough' });
    expect(await handle(id).result()).toMatchObject({ state: 'aborted', stateReason: 'enough' });
    const row = await rowOf(id);
    expect(row.done).toBeLessThan(60);
    expect(row.endedAtMs).not.toBeNull();
    expect(await setReplayState(store().db, id, 'running', null)).toMatchObject({ kind: 'over' });
  }, 90_000);

  test('a resume right behind a pause goes on at once', async () => {
    await start();
    await accept(...events(1, 20));
    await statesBecome({ processed: 20 });
    const id = await begin({ ratePerSecond: 5 });
    await eventually(async () => {
      expect((await rowOf(id)).done).toBeGreaterThan(0);
    });
    for (const signal of [pauseSignal, resumeSignal]) await handle(id).signal(signal);
    const { done } = await rowOf(id);
    // Well before its net, a minute.
    await eventually(async () => {
      expect((await rowOf(id)).done).toBeGreaterThan(done);
    }, 30_000);
    await setReplayState(store().db, id, 'aborted', null);
  }, 60_000);

  test('killed and started again, and with its history lost, it goes on where it was and doubles nothing', async () => {
    await start();
    await accept(...events(1, 80));
    await statesBecome({ processed: 80 });
    const id = await begin({ ratePerSecond: 40 });
    await eventually(async () => {
      expect((await rowOf(id)).done).toBeGreaterThan(10);
    });
    await stop();
    expect((await rowOf(id)).done).toBeLessThan(80);
    await stage.renewSession();
    await start();
    await ends(id);
    await statesBecome({ processed: 80 });
    expect(subscriber().received).toHaveLength(160);
    expect(await rowOf(id)).toMatchObject({ done: 80, skipped: 0 });
  }, 120_000);

  test('ended in the Temporal Web UI, it stays ended', async () => {
    await start();
    await accept(...events(1, 40));
    await statesBecome({ processed: 40 });
    const id = await begin({ ratePerSecond: 2 });
    await handle(id).terminate('a person');
    await stop();
    await start();
    await eventually(async () => {
      expect(await rowOf(id)).toMatchObject({ state: 'aborted' });
    });
    const cancelled = await begin({ ratePerSecond: 2 });
    await handle(cancelled).cancel();
    await expect(handle(cancelled).result()).rejects.toThrow();
    expect(await rowOf(cancelled)).toMatchObject({ state: 'aborted' });
  }, 90_000);

  test('its history stays short, since it continues as new', async () => {
    await start();
    await accept(...events(1, 30));
    await statesBecome({ processed: 30 });
    const replay = await aReplay(store().db, { ratePerSecond: 2 });
    await session().client.workflow.start('ReplayWorkflow', {
      workflowId: replayWorkflowId(replay.id),
      taskQueue: 'jisr',
      args: [{ id: replay.id, maxHistoryEvents: 8 }],
    });
    const { runId } = await handle(replay.id).describe();
    await ends(replay.id);
    expect((await handle(replay.id).describe()).runId).not.toBe(runId);
    await statesBecome({ processed: 30 });
    expect(subscriber().received).toHaveLength(60);
  }, 90_000);

  test('live events come through while hundreds are replayed to a slow subscriber', async () => {
    await start({ JISR_MAX_IN_FLIGHT: '8' });
    await accept(...events(1, 220));
    await statesBecome({ processed: 220 });
    subscriber().behave(() => ({ status: 200, afterMs: 150 }));
    const first = subscriber().received.length;
    const id = await begin({ ratePerSecond: 1_000 });
    await eventually(() => {
      expect(subscriber().received.length).toBeGreaterThan(first + 10);
    });
    const live = events(1_001, 1_020);
    for (const one of live) {
      const before = keysOf().length;
      await accept(one);
      await eventually(() => {
        expect(keysOf()).toContain(one.eventId);
      });
      // At most what a quarter of the places brings meanwhile went before it.
      expect(keysOf().indexOf(one.eventId) - before).toBeLessThan(8);
    }
    expect((await rowOf(id)).state).toBe('running');
    await setReplayState(store().db, id, 'aborted', null);
    await statesBecome({ pending: 0, processing: 0 });
  }, 120_000);

  test('while processing is paused it waits, and says so', async () => {
    await start();
    await accept(...events(1, 5));
    await statesBecome({ processed: 5 });
    await run('event-dispatch').signal(pauseSignal, {});
    await eventually(async () => {
      expect(await run('event-dispatch').query('status')).toMatchObject({ state: 'paused' });
    });
    const id = await begin({ ratePerSecond: 200 });
    await eventually(async () => {
      expect(await rowOf(id)).toMatchObject({ state: 'running', waitsFor: 'processing-paused', done: 0 });
    });
    await run('event-dispatch').signal(resumeSignal);
    await ends(id);
    await statesBecome({ processed: 5 });
  }, 60_000);
});

function keyIn(body: string): string {
  return (JSON.parse(body) as Body).data.key;
}

interface Body {
  readonly data: { readonly key: string };
}
