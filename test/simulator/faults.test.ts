// Each fault as a caller meets it, over a real socket.
// Never waits for a time; delays are checked by their lower bound.

import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { call, mark, pull, pulledIds } from './wire-client';

let odoo: Simulator;
beforeEach(async () => {
  odoo = await startSimulator();
});
afterEach(() => odoo.close());

describe('bounds', () => {
  test('a fault with `times` is over after so many occasions', async () => {
    odoo.faults.arm({ kind: 'server-error', body: 'json', times: 2 });
    const statuses = [await pull(odoo), await pull(odoo), await pull(odoo)].map((answer) => answer.status);
    expect(statuses).toEqual([500, 500, 200]);
    expect(odoo.faults.armed).toEqual([]);
  });

  test('a fault with `skip` lets so many occasions pass first', async () => {
    odoo.faults.arm({ kind: 'server-error', body: 'json', skip: 1, times: 1 });
    const statuses = [await pull(odoo), await pull(odoo), await pull(odoo)].map((answer) => answer.status);
    expect(statuses).toEqual([200, 500, 200]);
  });

  test('a fault without bounds lasts until it is cleared', async () => {
    odoo.faults.set([{ kind: 'database-down' }]);
    expect((await pull(odoo)).status).toBe(404);
    expect((await pull(odoo)).status).toBe(404);
    odoo.faults.clear('database-down');
    expect((await pull(odoo)).status).toBe(200);
  });

  test('a fault can be kept to some endpoints', async () => {
    odoo.faults.arm({ kind: 'server-error', body: 'html', endpoints: ['mark-processed'] });
    odoo.change();
    expect((await pull(odoo)).status).toBe(200);
    expect((await mark(odoo, [1])).status).toBe(500);
  });

  test('faults can be armed from the start', async () => {
    const broken = await startSimulator({ faults: [{ kind: 'page-cap', rows: 1 }] });
    broken.changeMany(3);
    expect(await pulledIds(broken)).toEqual([1]);
    await broken.close();
  });
});

describe('pages that say 404', () => {
  test('with its database down Odoo knows no path, health included', async () => {
    odoo.faults.arm({ kind: 'database-down' });
    for (const path of ['health', 'stats', 'nowhere']) {
      const answer = await call(odoo, path);
      expect(answer.status).toBe(404);
      expect(answer.text).toContain('<title>404 Not Found</title>');
    }
  });

  test("without the addon Odoo's own page answers, health included", async () => {
    odoo.faults.arm({ kind: 'addon-missing' });
    for (const answer of [await call(odoo, 'health'), await pull(odoo)]) {
      expect(answer.status).toBe(404);
      expect(answer.text).toContain('<title>Odoo</title>');
    }
  });
});

describe('keys', () => {
  test('another key than the configured one is refused', async () => {
    expect((await call(odoo, 'pull', {}, 'wrong')).status).toBe(401);
  });

  test('while no key is configured, every key is refused', async () => {
    odoo.faults.arm({ kind: 'no-key-configured', times: 1 });
    expect(await pull(odoo)).toMatchObject({ status: 401, body: { message: 'Authentication required' } });
    expect((await pull(odoo)).status).toBe(200);
    odoo.setApiKey(null);
    expect((await pull(odoo)).status).toBe(401);
  });
});

describe('errors', () => {
  test('a failed query is 200 with an error on pull, and the cursor comes back', async () => {
    odoo.changeMany(3);
    odoo.faults.arm({ kind: 'query-failed', endpoints: ['pull'], times: 1 });
    expect(await pull(odoo, { last_event_id: 1 })).toMatchObject({
      status: 200,
      body: { success: true, events: [], last_id: 1, has_more: false, error: expect.any(String) as string },
    });
    expect(await pulledIds(odoo, { last_event_id: 1 })).toEqual([2, 3]);
  });

  test('a failed query marks nothing', async () => {
    odoo.changeMany(2);
    odoo.faults.arm({ kind: 'query-failed', endpoints: ['mark-processed'], times: 1 });
    expect(await mark(odoo, [1, 2])).toMatchObject({ status: 500, contentType: 'text/html; charset=utf-8' });
    expect(await pulledIds(odoo)).toEqual([1, 2]);
  });

  test.each(['json', 'html'] as const)('a 5xx comes as %s, with the status asked for', async (body) => {
    odoo.faults.arm({ kind: 'server-error', body, status: 502 });
    const answer = await pull(odoo);
    expect(answer.status).toBe(502);
    expect(answer.contentType).toContain(body);
  });

  test('a null in a batch fails it, and nothing is marked', async () => {
    odoo.changeMany(2);
    expect(await mark(odoo, [1, null, 2])).toMatchObject({
      status: 500,
      body: { error: true, message: 'Failed to mark events as processed' },
    });
    expect(await pulledIds(odoo)).toEqual([1, 2]);
  });

  test('a deleted id fails the whole batch of an older addon only', async () => {
    odoo.changeMany(3);
    odoo.deleteRow(2);
    odoo.faults.arm({ kind: 'older-addon' });
    expect((await mark(odoo, [1, 2, 3])).status).toBe(500);
    expect(await pulledIds(odoo)).toEqual([1, 3]);
    expect((await mark(odoo, [1])).status).toBe(200);
    odoo.faults.clear();
    expect((await mark(odoo, [2, 3])).status).toBe(200);
    expect(await pulledIds(odoo)).toEqual([]);
  });
});

describe('connections', () => {
  test('a stopped Odoo refuses connections and comes back on the same port', async () => {
    odoo.change();
    const { url } = odoo;
    await odoo.stop();
    await expect(pull(odoo)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await odoo.start();
    expect(odoo.url).toBe(url);
    expect(await pulledIds(odoo)).toEqual([1]);
  });

  test('an answer lost after the marking leaves the rows marked', async () => {
    odoo.changeMany(2);
    odoo.faults.arm({ kind: 'answer-lost', endpoints: ['mark-processed'], times: 1 });
    await expect(mark(odoo, [1])).rejects.toThrow('fetch failed');
    expect(await pulledIds(odoo)).toEqual([2]);
    expect(odoo.requests.marks()).toMatchObject([{ ids: [1], status: null, carriedOut: true }]);
  });

  test('a page that breaks off in the middle counts as not served', async () => {
    odoo.changeMany(2);
    odoo.faults.arm({ kind: 'answer-lost', afterBytes: 2000, times: 1 });
    await expect(pull(odoo)).rejects.toThrow('terminated');
    expect(odoo.ledger.summary().served).toBe(0);
    expect(odoo.requests.pulls()).toMatchObject([{ status: null, served: 0 }]);
  });

  test('a caller that goes away before the answer was not served', async () => {
    odoo.change();
    odoo.faults.arm({ kind: 'slow', delayMs: 300, times: 1 });
    const gone = new AbortController();
    const asked = fetch(`${odoo.url}/api/webhooks/pull`, {
      headers: { 'X-API-Key': 'lab-key' },
      signal: gone.signal,
    });
    whenFaultsAreUsedUp(() => {
      gone.abort();
    });
    await expect(asked).rejects.toThrow('aborted');
    await odoo.until('the pull is over', () => odoo.requests.pulls().length === 1);
    expect(odoo.requests.pulls()).toMatchObject([{ status: null, served: 0 }]);
    expect(odoo.ledger.byPullId(1)?.served).toBe(0);
  });

  test('a slow answer comes after its delay', async () => {
    odoo.faults.arm({ kind: 'slow', delayMs: 120, times: 1 });
    const beginMs = performance.now();
    await pull(odoo);
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(119);
  });
});

describe('pages', () => {
  test('has_more can be true before an empty page', async () => {
    odoo.changeMany(2);
    odoo.faults.arm({ kind: 'more-before-empty-page' });
    expect((await pull(odoo)).body).toMatchObject({ count: 2, has_more: true });
    expect((await pull(odoo, { last_event_id: 2 })).body).toMatchObject({ count: 0, has_more: false });
  });

  test('a cap of the server makes pages smaller than asked', async () => {
    odoo.changeMany(5);
    odoo.faults.arm({ kind: 'page-cap', rows: 2 });
    expect((await pull(odoo, { limit: 4 })).body).toMatchObject({ count: 2, last_id: 2, has_more: true });
    expect((await pull(odoo, { limit: 0 })).body).toMatchObject({ count: 2 });
  });

  test('a limit of 0 is no limit, any other is at most 1,000', async () => {
    odoo.changeMany(1200, { model: 'mail.message' });
    expect((await pull(odoo, { limit: 0 })).body).toMatchObject({ count: 1200, has_more: false });
    expect((await pull(odoo, { limit: 5000 })).body).toMatchObject({ count: 1000, has_more: true });
  });
});

describe('ids', () => {
  test('a late commit shows below the cursor', async () => {
    const late = odoo.lateCommit({ model: 'sale.order' });
    odoo.change();
    expect(await pulledIds(odoo)).toEqual([2]);
    late.commit();
    expect(await pulledIds(odoo, { last_event_id: 2 })).toEqual([]);
    expect(await pulledIds(odoo)).toEqual([1, 2]);
  });

  test('a rolled back change leaves a gap for ever', async () => {
    const late = odoo.lateCommit();
    late.rollback();
    late.commit();
    odoo.change();
    expect(await pulledIds(odoo)).toEqual([2]);
    expect(odoo.ledger.bySerial(1)?.fate.state).toBe('rolled-back');
  });

  test('late commits can be a fault of the next changes', async () => {
    odoo.faults.arm({ kind: 'late-commit', visibleAfterMs: 3_600_000, skip: 1, times: 1 });
    odoo.changeMany(3);
    expect(await pulledIds(odoo)).toEqual([1, 3]);
  });

  test('such a late commit becomes visible by itself', async () => {
    odoo.faults.arm({ kind: 'late-commit', visibleAfterMs: 1, skip: 1, times: 1 });
    odoo.changeMany(3);
    await odoo.until('row 2 is committed', () => odoo.ledger.byPullId(2)?.fate.state === 'visible');
    expect(await pulledIds(odoo)).toEqual([1, 2, 3]);
  });

  test('after a reset the ids begin again with other changes', async () => {
    const before = odoo.changeMany(3);
    await pull(odoo);
    odoo.resetIds();
    const after = odoo.changeMany(2);
    expect(after.map((change) => change.pullId)).toEqual([1, 2]);
    expect(after.map((change) => change.pushId)).toEqual([1, 2]);
    expect(await pulledIds(odoo)).toEqual([1, 2]);
    expect(before.map(({ serial }) => odoo.ledger.bySerial(serial)?.fate.state)).toEqual(
      Array(3).fill('lost-in-reset'),
    );
  });

  test('a page under way during a reset is booked on the changes that it holds', async () => {
    odoo.change();
    odoo.setPace({ servePer1000Ms: 0, markPer1000Ms: 0, basePullMs: 100 });
    odoo.faults.arm({ kind: 'more-before-empty-page', times: 1 });
    whenFaultsAreUsedUp(() => {
      odoo.resetIds();
      odoo.change();
    });
    expect(await pulledIds(odoo)).toEqual([1]);
    expect(odoo.ledger.entries().map(({ served }) => served)).toEqual([1, 0]);
  });
});

/** A fault with `times` is used up as soon as its request is being worked on. */
function whenFaultsAreUsedUp(act: () => void): void {
  setImmediate(() => {
    if (odoo.faults.armed.length > 0) whenFaultsAreUsedUp(act);
    else act();
  });
}
