// A result of a bench, for tests.
import type { BenchResult, Figure } from '../../bench/result';

export function aFigure(over: Partial<Figure> = {}): Figure {
  return {
    group: 'PGlite, one process',
    what: 'answered',
    unit: '1/s',
    rounds: [90, 120, 100],
    yardstick: { what: 'plain route', rounds: [100, 100, 200] },
    bounds: [],
    ...over,
  };
}

export function aResult(over: Partial<BenchResult> = {}): BenchResult {
  return {
    name: 'push-burst',
    startedAt: '2026-01-02T03:04:05.000Z',
    seconds: 12.5,
    quick: false,
    commit: '0123456789abcdef0123456789abcdef01234567',
    dirty: false,
    seed: 1,
    machine: { cpu: 'a CPU', cores: 2, memoryBytes: 2 ** 33, system: 'Linux 6' },
    versions: { Node: '20.19.0' },
    load: { average: [0.1, 0.2, 0.3], otherCpuPercent: 1 },
    leftOut: [],
    figures: [aFigure()],
    ...over,
  };
}
