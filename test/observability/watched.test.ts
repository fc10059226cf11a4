// What a running bridge tells of itself, from real processes: every metric that the documentation, the alerts and the
// dashboards name is there, Prometheus takes it, and a push is one trace from Odoo to the subscriber.
import { Worker } from '@temporalio/worker';
import { traceSinks } from '../../src/temporal/trace-interceptors';
import { eventually } from '../support/bridge';
import { parseExposition, type Exposition } from '../support/exposition';
import type { KeptSpan } from '../support/otlp-receiver';
import { firstCells, readPage, sectionOf } from '../docs/pages';
import { alertRules, metricsIn, panels } from './named-metrics';
import { findPrometheus, localConfig, startPrometheus, type Prometheus } from './prometheus';
import { METRICS_KEY, playScene, SECRETS, type Scene } from './scene';

const hasPostgres = process.env['JISR_TEST_POSTGRES_URL'] !== undefined;
const programs = findPrometheus();

(hasPostgres ? describe : describe.skip)('a bridge that is watched', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await playScene();
  }, 240_000);
  afterAll(() => scene.close(), 60_000);

  const scrape = async (job: keyof Scene['targets']): Promise<Exposition> => {
    const headers = { authorization: `Bearer ${METRICS_KEY}` };
    const answer = await fetch(`http://${scene.targets[job]}/metrics`, { headers });
    expect(answer.status).toBe(200);
    return parseExposition(await answer.text());
  };
  const told = async () => {
    const both = [await scrape('jisr-api'), await scrape('jisr-worker')];
    return new Set(both.flatMap(({ samples }) => samples.map(({ name }) => name)));
  };

  test('every metric that an alert or a panel names is told by a running bridge', async () => {
    const named = [
      ...alertRules().map(({ expr }) => expr),
      ...panels().flatMap(({ expressions }) => expressions),
    ].flatMap(metricsIn);
    expect(named.length).toBeGreaterThan(50);
    await eventually(async () => {
      const names = await told();
      expect([...new Set(named)].filter((name) => !names.has(name))).toEqual([]);
    }, 60_000);
  }, 90_000);

  test('the documentation has a row for each of our metrics, with its type, and for no other', async () => {
    const types = new Map([...(await scrape('jisr-api')).types, ...(await scrape('jisr-worker')).types]);
    const ours = [...types].filter(([name]) => name.startsWith('jisr_'));
    const section = sectionOf(readPage('docs/observability.md').text, '## Metrics') ?? 'no such section';
    const rows = [...section.matchAll(/^\| `(jisr_\w+)` +\| (\w+) /gm)].map(([, name, type]) => [name, type]);
    expect(new Map(rows as [string, string][])).toEqual(new Map(ours));
    expect(firstCells(section).length).toBe(ours.length);
  });

  test('the numbers are those of what happened', async () => {
    const api = await scrape('jisr-api');
    const worker = await scrape('jisr-worker');
    expect(api.valueOf('jisr_events_accepted_total', { source: 'main' })).toBe(14);
    expect(api.valueOf('jisr_copies_total', { source: 'main', channel: 'push' })).toBe(4);
    expect(api.valueOf('jisr_events', { state: 'delivering' })).toBe(3);
    expect(api.valueOf('jisr_circuit_open', { subscription: 'broken' })).toBe(1);
    expect(api.valueOf('jisr_circuit_open', { subscription: 'crm' })).toBe(0);
    expect(worker.valueOf('jisr_pull_failures_total', { code: 'odoo-server-error' })).toBe(1);
    const attempts = { subscription: 'crm', outcome: 'sent' };
    expect(worker.valueOf('jisr_delivery_attempt_duration_seconds_count', attempts)).toBeGreaterThanOrEqual(
      14,
    );
    expect(api.valueOf('jisr_run_starts_total', { by: 'door', outcome: 'started' })).toBeGreaterThanOrEqual(
      1,
    );
    expect(
      worker.valueOf('jisr_run_starts_total', { by: 'dispatcher', outcome: 'started' }),
    ).toBeGreaterThanOrEqual(1);
    // Of 100; a delivery may be under way.
    const slots = worker.valueOf('temporal_worker_task_slots_available', { task_queue: 'jisr-deliveries' });
    expect(slots).toBeGreaterThan(90);
    expect(slots).toBeLessThanOrEqual(100);
  });

  test('no label holds an id, a key, a record or what a person wrote into a path', async () => {
    for (const job of ['jisr-api', 'jisr-worker'] as const) {
      const { samples } = await scrape(job);
      const labels = [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))];
      expect(labels.filter((name) => /id$|key|record|path|url/i.test(name))).toEqual([]);
      expect(samples.length).toBeLessThan(4_000);
    }
  });

  describe('traces', () => {
    const named = (spans: readonly KeptSpan[], name: string) => spans.find((span) => span.name === name)!;

    test('one trace holds the push, its workflow, each activity and the attempt of the delivery', async () => {
      const { spans } = scene.collector;
      const { traceId } = await eventually(() => {
        const receive = spans.find(
          ({ name, traceId: id }) =>
            name === 'receive' &&
            spans.some((span) => span.traceId === id && span.name === 'ProcessEventWorkflow'),
        );
        expect(receive).toBeDefined();
        return receive!;
      }, 30_000);
      const ofTrace = spans.filter((span) => span.traceId === traceId);
      const host = new URL(scene.crm.url).host;
      const [receive, start, workflow, route, quickly, deliver] = [
        'receive',
        'start ProcessEventWorkflow',
        'ProcessEventWorkflow',
        'route',
        'deliverQuickly',
        `deliver to ${host}`,
      ].map((name) => named(ofTrace, name));
      expect(
        [receive, start, workflow, route, quickly, deliver].map((span) => span?.parentSpanId ?? ''),
      ).toEqual(['', receive!.spanId, start!.spanId, workflow!.spanId, workflow!.spanId, quickly!.spanId]);
      expect(receive!.resource).toMatchObject({ 'service.name': 'jisr', 'jisr.role': 'api' });
      expect(workflow!.resource).toMatchObject({ 'service.name': 'jisr', 'jisr.role': 'worker' });
      expect(deliver!.attributes).toMatchObject({ 'jisr.outcome': 'sent', 'http.response.status_code': 200 });
      expect(workflow!.durationMs).toBeGreaterThanOrEqual(0);
      const got = scene.crm.received.filter(({ headers }) => headers['traceparent']?.includes(traceId));
      expect(got.map(({ headers }) => headers['traceparent'])).toEqual([
        `00-${traceId}-${deliver!.spanId}-01`,
      ]);
    }, 60_000);

    test('a traced run replays, also where nothing is traced', async () => {
      const workflow = await eventually(() => {
        const ended = named(scene.collector.spans, 'ProcessEventWorkflow');
        expect(ended).toBeDefined();
        return ended;
      });
      const workflowId = String(workflow.attributes['temporal.workflow_id']);
      const history = await scene.session.client.workflow.getHandle(workflowId).fetchHistory();
      expect(JSON.stringify(history.events?.[0])).toContain('traceparent');
      const workflowBundle = { codePath: process.env['JISR_TEST_BUNDLE'] ?? '' };
      await Worker.runReplayHistory({ workflowBundle, sinks: traceSinks(null) }, history, workflowId);
    }, 60_000);

    test('a pull is a trace of its own', async () => {
      await eventually(() => {
        const pull = scene.collector.spans.find(({ name }) => name === 'pullPage');
        expect(pull?.parentSpanId ?? '').toBe('');
        expect(pull?.attributes['temporal.workflow_id']).toBe('odoo-pull');
      });
    });

    test('what failed says so in its span', async () => {
      await eventually(() => {
        const failed = scene.collector.spans.find(
          (span) => span.name === 'pullPage' && span.status.code === 2,
        );
        expect(failed?.status.message).toMatch(/500/);
      });
    });

    test('the collector gets the configured headers, and no secret or payload', () => {
      expect(scene.collector.headers[0]).toMatchObject({
        'x-tenant': 'a tenant',
        'content-type': 'application/json',
      });
      const sent = JSON.stringify(scene.collector.spans);
      for (const secret of SECRETS) expect(sent).not.toContain(secret);
      const names = scene.crm.received.flatMap(({ body }) => {
        const { data } = JSON.parse(body) as {
          data: { payload: { display_name?: unknown; name?: unknown } };
        };
        return [data.payload.display_name, data.payload.name].filter((name) => typeof name === 'string');
      });
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(sent).not.toContain(name);
    });
  });

  (programs === null ? describe.skip : describe)('Prometheus', () => {
    let prometheus: Prometheus;
    beforeAll(async () => {
      prometheus = await startPrometheus(programs!.prometheus, localConfig(scene.targets, METRICS_KEY));
    }, 60_000);
    afterAll(() => prometheus.close());

    test('reaches the api and the worker with the key of metrics alone', async () => {
      await eventually(async () => {
        const { activeTargets } = (await prometheus.get('targets')) as {
          activeTargets: { labels: { job: string }; health: string; lastError: string }[];
        };
        const found = activeTargets.map(({ labels: { job }, health, lastError }) => ({
          job,
          health,
          lastError,
        }));
        expect(found.sort((a, b) => a.job.localeCompare(b.job))).toEqual([
          { job: 'jisr-api', health: 'up', lastError: '' },
          { job: 'jisr-worker', health: 'up', lastError: '' },
        ]);
      }, 30_000);
    }, 40_000);

    test('finds every alert in order, and none of an outage to fire', async () => {
      await eventually(async () => {
        const { groups } = (await prometheus.get('rules')) as {
          groups: {
            rules: { name: string; health: string; state: string; labels: { severity: string } }[];
          }[];
        };
        const rules = groups.flatMap((group) => group.rules);
        expect(rules.map(({ name }) => name)).toEqual(alertRules().map(({ alert }) => alert));
        expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
        expect(
          rules.filter(({ state, labels }) => state === 'firing' && labels.severity === 'critical'),
        ).toEqual([]);
      }, 30_000);
    }, 40_000);

    test('has an answer to every panel of the dashboards', async () => {
      const all = panels().flatMap(({ dashboard, title, expressions }) =>
        expressions.map((expression) => ({ panel: `${dashboard}: ${title}`, expression })),
      );
      await eventually(async () => {
        const empty = [];
        for (const { panel, expression } of all)
          if ((await prometheus.query(expression)).length === 0) empty.push({ panel, expression });
        expect(empty).toEqual([]);
      }, 60_000);
    }, 90_000);
  });
});
