// The port at which the SDK offers what it measures. In a process of its own: the runtime is installed once only.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const install = (looks: string) => {
  const script = `(async () => {
    const { createServer } = require('node:net');
    const { freePorts } = require('./temporal/free-ports.js');
    const { installMeasuredRuntime } = require('./temporal/session.js');
    const [taken, free] = await freePorts(2);
    await new Promise((resolve) => createServer().listen(taken, '127.0.0.1', resolve));
    const log = { child: () => log };
    const looks = ${looks};
    const said = await installMeasuredRuntime(log, async () => looks.shift()).then(
      (port) => (port === free ? 'the free one' : 'another'),
      (error) => error.message,
    );
    const told = await fetch('http://127.0.0.1:' + free + '/metrics').then(({ status }) => status, () => null);
    console.log(JSON.stringify({ said, told }));
    process.exit();
  })()`;
  const said = execFileSync(process.execPath, ['-e', script], { cwd: join(__dirname, '../../dist') });
  return JSON.parse(said.toString()) as { said: string; told: number | null };
};

test('a port that somebody took after it was found is left, and another one found', () => {
  expect(install('[taken, free]')).toEqual({ said: 'the free one', told: 200 });
});

test('after three of them it is given up, with the reason', () => {
  const { said } = install('[taken, taken, taken, free]');
  expect(said).toMatch(/address already in use/i);
});
