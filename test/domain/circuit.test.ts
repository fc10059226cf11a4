// What attempts mean for the circuit of their subscription.
import { circuitState, findingOf, foldNotes, type CircuitNote } from '../../src/domain/circuit';

const note = (found: CircuitNote['found'], subscriptionId = 'a', probed = false): CircuitNote => ({
  subscriptionId,
  found,
  probed,
});
const change = (over: object) => ({
  subscriptionId: 'a',
  closes: false,
  failures: 0,
  probeFailed: false,
  ...over,
});

test.each<[string, CircuitNote[], object[]]>([
  ['failures add up', [note('failed'), note('failed')], [change({ failures: 2 })]],
  ['an answer ends those before it', [note('failed'), note('answered')], [change({ closes: true })]],
  [
    'failures after an answer begin anew',
    [note('failed'), note('answered'), note('failed')],
    [change({ closes: true, failures: 1 })],
  ],
  [
    'a probe that failed is told from the others',
    [note('failed', 'a', true), note('failed')],
    [change({ failures: 2, probeFailed: true })],
  ],
  [
    'each subscription has its own',
    [note('failed', 'b'), note('answered')],
    [change({ subscriptionId: 'b', failures: 1 }), change({ closes: true })],
  ],
])('%s', (_, notes, expected) => {
  expect(foldNotes(notes)).toEqual(expected);
});

const WELL = { isFailing: false, probed: false };
const FAILING = { isFailing: true, probed: false };
const PROBED = { isFailing: true, probed: true };

test.each([
  ['a success while all goes well', { kind: 'sent' }, WELL, null],
  ['a success after failures', { kind: 'sent' }, FAILING, 'answered'],
  ['a failure', { kind: 'retry', errorClass: 'server-error' }, WELL, 'failed'],
  ['a secret that nobody can read', { kind: 'retry', errorClass: 'secret-unreadable' }, FAILING, null],
  ['a refusal', { kind: 'refused', errorClass: 'rejected' }, FAILING, null],
  ['a refusal of the probe', { kind: 'refused', errorClass: 'rejected' }, PROBED, 'answered'],
  ['a 410 to the probe', { kind: 'gone', errorClass: 'gone' }, PROBED, 'answered'],
] as const)('%s is noted as it counts', (_, result, before, expected) => {
  expect(findingOf(result, before)).toBe(expected);
});

test.each([
  [null, 'closed'],
  [1, 'open'],
  [0, 'probing'],
  [-1, 'probing'],
] as const)('open for %s ms: %s', (openForMs, state) => {
  expect(circuitState(openForMs)).toBe(state);
});
