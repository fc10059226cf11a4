// What /readyz says, for Prometheus.
import { Gauge, type Registry } from 'prom-client';
import type { ApiDependencies } from './dependencies';
import { checkReadiness } from './readiness';

export async function readinessMetrics(dependencies: ApiDependencies, registers: Registry[]): Promise<void> {
  const ready = new Gauge({ name: 'jisr_ready', help: '1 while every check of /readyz is ok.', registers });
  const check = new Gauge({
    name: 'jisr_ready_check',
    help: '1 while this check of /readyz is ok.',
    labelNames: ['check'],
    registers,
  });
  const checks = Object.entries(await checkReadiness(dependencies));
  for (const [name, { ok }] of checks) check.set({ check: name }, ok ? 1 : 0);
  ready.set(checks.every(([, { ok }]) => ok) ? 1 : 0);
}
