// The bridge's verdict of itself beside the one that was computed: where they differ, the scene fails.
import type { OwnBooks } from '../../src/demo/bridge-client';
import { compared } from '../../src/demo/own-verdict';
import type { Verdict } from '../../src/demo/verdict';

const found = (over: Partial<Verdict> = {}): Verdict => ({
  ok: true,
  made: 5,
  events: 5,
  processed: 5,
  acknowledged: 5,
  delivered: 5,
  repeated: 0,
  streamed: 5,
  findings: [],
  ...over,
});
const lost = found({ ok: false, events: 4, processed: 4, delivered: 4, findings: ['change 3 is lost'] });

const says = (over: Partial<OwnBooks> = {}): OwnBooks => ({
  complete: true,
  verdict: 'complete up to 5',
  accepted: 5,
  processed: 5,
  delivered: 5,
  ...over,
});

test('a sound bridge that says so is sound', () => {
  expect(compared(found(), says())).toEqual({ verdict: found(), ownWords: 'complete up to 5' });
});

test.each<[string, Verdict, OwnBooks, readonly string[]]>([
  [
    'lost something and says it is complete',
    lost,
    says({ accepted: 4, processed: 4, delivered: 4 }),
    ['change 3 is lost', 'the bridge says of itself "complete up to 5", which is not what was found'],
  ],
  [
    'lost something and says that something is missing',
    lost,
    says({ complete: false, verdict: 'incomplete: x', accepted: 4, processed: 4, delivered: 4 }),
    ['change 3 is lost'],
  ],
  [
    'lost nothing and says that something is missing',
    found(),
    says({ complete: false, verdict: 'incomplete: x' }),
    ['the bridge says of itself "incomplete: x", which is not what was found'],
  ],
  [
    'counts other numbers than there are',
    found(),
    says({ accepted: 6, processed: 7, delivered: 8 }),
    [
      'the bridge counts 6 events, and 5 were found',
      'the bridge counts 7 processed events, and 5 were found',
      'the bridge counts 8 webhooks delivered, and 5 were found',
    ],
  ],
])('a bridge that %s fails the scene', (_, verdict, books, findings) => {
  expect(compared(verdict, books).verdict).toMatchObject({ ok: false, findings });
});
