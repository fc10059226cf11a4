// The runbook names every state, every failure code and every check of readiness, and none that does not exist.
import { checkReadiness } from '../../src/api/readiness';
import type { ApiDependencies } from '../../src/api/dependencies';
import { WAIT_REASONS } from '../../src/domain/before-attempt';
import { CIRCUIT_STATES } from '../../src/domain/circuit';
import { DELIVERY_STATES } from '../../src/domain/delivery';
import { DELIVERY_FAILURE_CODES } from '../../src/domain/delivery-failure';
import { EVENT_STATES } from '../../src/domain/event-state';
import { ODOO_FAILURE_CODES } from '../../src/domain/failure';
import { REPLAY_STATES, REPLAY_WAITS, SKIP_REASONS } from '../../src/domain/replay';
import { FINDING_CODES } from '../../src/domain/reconciliation-findings';
import { createLogger } from '../../src/logger';
import { QUARANTINE_STATUSES } from '../../src/store/quarantine';
import { firstCells, readPage, sectionOf } from './pages';

const { text } = readPage('docs/runbook.md');

test.each([
  ['## States of an event', EVENT_STATES],
  ['## States of a bulk act', REPLAY_STATES],
  ['## Why a bulk act waits', REPLAY_WAITS],
  ['## Why a bulk act skipped events', SKIP_REASONS],
  ['## States of a delivery', DELIVERY_STATES],
  ['## Why a delivery waits', WAIT_REASONS],
  ['## The circuit of a subscription', CIRCUIT_STATES],
  ['## Why a delivery failed', DELIVERY_FAILURE_CODES],
  ['## Why Odoo could not be pulled', ODOO_FAILURE_CODES],
  ['## Quarantine', QUARANTINE_STATUSES],
  ['## Is a source complete', FINDING_CODES],
] as const)('"%s" has a row for each, in the order of the code', (heading, codes) => {
  expect(firstCells(sectionOf(text, heading) ?? 'no such section')).toEqual(codes);
});

test('"## Checks of /readyz" has a row for each check', async () => {
  const checks = Object.keys(await checkReadiness(A_BRIDGE_THAT_STANDS));
  expect(firstCells(sectionOf(text, '## Checks of /readyz') ?? 'no such section')).toEqual(
    checks.map((name) => name.replace(/:.*/, ':<name>')),
  );
});

test('a row that is taken out is missed', () => {
  const section = sectionOf(text, '## Why a delivery failed') ?? '';
  const shorter = section.replace(/^\| `timeout` .*\n/m, '');
  expect(firstCells(shorter)).toEqual(DELIVERY_FAILURE_CODES.filter((code) => code !== 'timeout'));
});

/** Every check of it fails, and is named all the same. */
const A_BRIDGE_THAT_STANDS = {
  store: {},
  control: {},
  sources: [{ name: 'main', isFirst: true, pull: { intervalMs: 1, limitRows: 1 } }],
  log: createLogger({ level: 'silent' }),
} as unknown as ApiDependencies;
