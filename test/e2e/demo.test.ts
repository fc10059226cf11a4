// The demo's verdict is right about a sound bridge; test/chaos has the broken ones.
import { childEnvironment } from '../../src/config';
import { playDemo } from '../../src/demo/play';
import { installRuntime } from '../../src/temporal/session';
import { log } from '../support/bridge';
import { TEST_PROCESSING } from '../support/jisr-process';

test('a sound bridge loses nothing and processes nothing twice', async () => {
  installRuntime(log);
  const demo = await playDemo({
    env: { ...childEnvironment(), JISR_PROCESSING: TEST_PROCESSING },
    log,
    say: () => undefined,
    bundlePath: process.env['JISR_TEST_BUNDLE']!,
  });
  await demo.close();
  expect(demo.result.verdict.findings).toEqual([]);
  expect(demo.result.verdict.ok).toBe(true);
  expect(demo.result.ownWords).toMatch(/^complete up to \d+$/);
}, 180_000);
