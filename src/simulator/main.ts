// Runs the simulator as a process of its own, with its control API beside it.
// Prints where both listen as its first line, as JSON, so that whoever started it can read free ports.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { createControlApp } from './control-app';
import { Listener } from './listener';
import { PUSH_SHAPES } from './push/push-types';
import type { PushTarget } from './push/push-types';
import { DEFAULT_API_KEY, ODOO_PACE, startSimulator } from './simulator';

const USAGE = `node dist/simulator/main.js [options]
  --port <n>           Odoo's port (8069; 0: a free one)
  --control-port <n>   port of the control API, /simulator/… (8070; 0: a free one)
  --key <key>          the API key (${DEFAULT_API_KEY})
  --rows <n>           changes made at the start (0)
  --seed <n>           the same seed makes the same changes (1)
  --push-offset <n>    how far push ids are ahead of pull ids (0)
  --push-url <url>     push there too, as well as serving pulls
  --push-token <t>     Bearer token of the pushes (none)
  --push-shape <s>     ${PUSH_SHAPES.join(', ')} (instant)
  --pace               as slow as a real Odoo; without it every answer comes at once
`;

const OPTIONS = {
  port: { type: 'string', default: '8069' },
  'control-port': { type: 'string', default: '8070' },
  key: { type: 'string', default: DEFAULT_API_KEY },
  rows: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  'push-offset': { type: 'string', default: '0' },
  'push-url': { type: 'string' },
  'push-token': { type: 'string' },
  'push-shape': { type: 'string', default: 'instant' },
  pace: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const rows = wholeNumber('rows', values.rows);
  const controlPort = wholeNumber('control-port', values['control-port']);
  const simulator = await startSimulator({
    port: wholeNumber('port', values.port),
    apiKey: values.key,
    seed: wholeNumber('seed', values.seed),
    pushSequenceOffset: wholeNumber('push-offset', values['push-offset']),
    push: pushTarget(values['push-url'], values['push-token'], values['push-shape']),
    pace: values.pace ? ODOO_PACE : null,
  });
  const control = new Listener(() => createServer(createControlApp(simulator)), '127.0.0.1', controlPort);
  try {
    simulator.changeMany(rows);
    await control.start();
    // Before the line that says where it listens: whoever reads it may end it at once.
    const ended = firstOf(['SIGINT', 'SIGTERM', 'disconnect']);
    process.stdout.write(`${JSON.stringify({ odoo: simulator.url, control: `${control.url}/simulator` })}\n`);
    await ended;
  } finally {
    await control.stop();
    await simulator.close();
  }
}

/** 'disconnect' comes when a Node process that forked this one is gone, however it ended. */
async function firstOf(events: readonly string[]): Promise<void> {
  const over = new AbortController();
  await Promise.race(events.map((event) => once(process, event, { signal: over.signal })));
  // A listener for 'disconnect' would keep a forked process alive.
  over.abort();
}

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${option} takes a whole number, not "${text}"`);
}

function pushTarget(url: string | undefined, token: string | undefined, shape: string): PushTarget | null {
  if (url === undefined) return null;
  const known = PUSH_SHAPES.find((each) => each === shape);
  if (known === undefined)
    throw new Error(`--push-shape is one of ${PUSH_SHAPES.join(', ')}, not "${shape}"`);
  return {
    url,
    credentials: token === undefined ? { kind: 'none' } : { kind: 'bearer', token },
    shape: known,
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
});
