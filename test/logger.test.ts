// What a log line holds, and what it never holds.

import { createLogger, type Logger, temporalLogger } from '../src/logger';

let lines: unknown[];
let log: Logger;

beforeEach(() => {
  lines = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  log = createLogger({ level: 'info', destination: { write } });
});

test('a line has its level as a word, its time as text, and its fields', () => {
  const aTime: unknown = expect.stringMatching(/Z$/);
  log.info({ source: 'main', rows: 3 }, 'page pulled');
  expect(lines).toEqual([
    { level: 'info', time: aTime, pid: process.pid, source: 'main', rows: 3, msg: 'page pulled' },
  ]);
});

test.each([
  { apiKey: 'hush' },
  { source: { apiKey: 'hush' } },
  { headers: { authorization: 'Bearer hush' } },
  { request: { headers: { 'x-api-key': 'hush' } } },
  { event: { payload: { name: 'hush' } } },
])('%j loses what nobody may read', (fields) => {
  log.info(fields, 'a line');
  expect(JSON.stringify(lines)).not.toContain('hush');
});

test('an error is logged by its text and cause, without what hangs on it', () => {
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  log.error({ error: Object.assign(new Error('pull failed', { cause }), { request: 'hush' }) }, 'a fault');
  expect(lines).toMatchObject([{ error: { message: 'pull failed', cause: { code: 'ECONNRESET' } } }]);
  expect(JSON.stringify(lines)).not.toContain('hush');
});

test("the Temporal SDK's lines come through at their own level", () => {
  const sdk = temporalLogger(log);
  sdk.log('WARN', 'Workflow task failed', { taskQueue: 'jisr', [Symbol('time')]: 1n });
  sdk.debug('not at this level');
  sdk.log('WARN', 'No workflows registered, not polling for workflow tasks');
  expect(lines).toMatchObject([
    { level: 'warn', part: 'temporal-sdk', task_queue: 'jisr', msg: 'Workflow task failed' },
  ]);
  expect(lines).toHaveLength(1);
});
