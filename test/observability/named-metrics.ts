// Which metrics the alerts and the dashboards name.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../deploy/compose-file';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly dashboard: string;
  readonly title: string;
  readonly expressions: readonly string[];
}

interface DashboardFile {
  readonly title: string;
  readonly uid: string;
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly datasource?: { readonly uid: string };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

export function alertRules(): readonly AlertRule[] {
  const text = readFileSync(join(ROOT, 'deploy/prometheus/rules.yml'), 'utf8');
  const { groups } = parse(text) as { groups: readonly { readonly rules: readonly AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

export function dashboards(): readonly DashboardFile[] {
  const folder = join(ROOT, 'deploy/grafana/dashboards');
  return readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as DashboardFile,
  );
}

export function panels(): readonly Panel[] {
  return dashboards().flatMap((board) =>
    board.panels
      .filter(({ type }) => type !== 'row')
      .map(({ title, targets = [] }) => ({
        dashboard: board.title,
        title,
        expressions: targets.map(({ expr }) => expr),
      })),
  );
}

/** `up` is Prometheus' own. */
export function metricsIn(expression: string): readonly string[] {
  // What stands in quotes or behind `by` is a value or a label.
  const bare = expression.replaceAll(/"[^"]*"/g, '');
  return [...new Set(bare.match(/\b(?:jisr|temporal|process|nodejs)_\w+/g) ?? [])];
}
