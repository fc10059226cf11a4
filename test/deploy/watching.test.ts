// Alerts and dashboards in themselves: whether Prometheus takes them, and whether each says what to do.
import { rmSync } from 'node:fs';
import { alertRules, dashboards, metricsIn, panels } from '../observability/named-metrics';
import { findPrometheus, localConfig, promtool } from '../observability/prometheus';
import { readPage, sectionOf } from '../docs/pages';

const programs = findPrometheus();
const rules = alertRules();
const runbook = sectionOf(readPage('docs/runbook.md').text, '## Alerts') ?? 'no such section';

(programs === null ? describe.skip : describe)('promtool', () => {
  const run = (...args: readonly string[]) => promtool(programs!.promtool, ...args);

  test('takes the rules', async () => {
    expect(await run('check', 'rules', 'deploy/prometheus/rules.yml')).toContain('SUCCESS');
  });

  test('takes the configuration', async () => {
    const { file, folder } = localConfig({ 'jisr-api': 'api:8080', 'jisr-worker': 'worker:9464' }, 'a key');
    expect(await run('check', 'config', file)).toContain('SUCCESS');
    expect(await run('check', 'config', '--syntax-only', 'deploy/prometheus/prometheus.yml')).toContain(
      'SUCCESS',
    );
    rmSync(folder, { recursive: true });
  });

  test('finds each alert to fire when it should, and to be quiet when it should', async () => {
    expect(await run('test', 'rules', 'deploy/prometheus/rules.test.yml')).toContain('SUCCESS');
  });
});

test.each(rules.map(({ alert }) => alert))('%s is tested, firing and quiet', (alert) => {
  const tested = readPage('deploy/prometheus/rules.test.yml').text;
  expect(tested).toContain(`name: ${alert} fires`);
  expect(tested).toContain(`name: ${alert} stays quiet`);
});

test('every alert has its section in the runbook, in the order of the rules, and there is no other', () => {
  const headings = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(headings).toEqual(rules.map(({ alert }) => alert));
});

test.each(rules)('$alert says how bad it is, what is the matter, and where to read on', (rule) => {
  expect(['critical', 'warning']).toContain(rule.labels['severity']);
  expect(rule.annotations['summary']).toBeTruthy();
  expect(rule.annotations['runbook_url']).toBe(`docs/runbook.md#${rule.alert.toLowerCase()}`);
  expect(sectionOf(runbook, `### ${rule.alert}`)).toMatch(/\*\*Press:\*\* \S/);
});

test('every panel asks the provisioned data source, and says what it shows', () => {
  const all = dashboards().flatMap((board) => board.panels.filter(({ type }) => type !== 'row'));
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter(({ description }) => (description ?? '') === '')).toEqual([]);
  expect(all.filter(({ datasource }) => datasource?.uid !== 'prometheus')).toEqual([]);
  expect(readPage('deploy/grafana/provisioning/datasources/prometheus.yml').text).toContain(
    'uid: prometheus',
  );
});

test('every panel and every alert looks at something', () => {
  const expressions = [...panels().flatMap((panel) => panel.expressions), ...rules.map(({ expr }) => expr)];
  expect(expressions.filter((one) => metricsIn(one).length === 0 && !/\bup\b/.test(one))).toEqual([]);
});
