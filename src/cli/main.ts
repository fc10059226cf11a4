#!/usr/bin/env node
// The command line `jisr`: gives it the process's words, streams and terminal. Never ends the process while it writes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { childEnvironment } from '../config';
import { runCli } from './cli';
import type { RunProgram, Screen } from './io';

const { stdin, stdout, stderr } = process;
const enough = new AbortController();
let child: ReturnType<typeof spawn> | null = null;
/** A line stands there that may be written over. */
let isRewriting = false;

// `jisr events list | head` reads some lines and goes.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A terminal tells both of Ctrl-C; other signals come to us alone.
    if (child !== null) {
      if (signal === 'SIGTERM') child.kill(signal);
      return;
    }
    if (enough.signal.aborted) process.exit(130);
    enough.abort();
  });

const runProgram: RunProgram = async (script, words, { output }) => {
  const started = spawn(process.execPath, [join(__dirname, '..', script), ...words], {
    stdio: ['inherit', output === 'through' ? 'inherit' : 'pipe', 'inherit'],
  });
  child = started;
  const ended = once(started, 'close');
  const said = started.stdout === null ? '' : await text(started.stdout);
  await ended;
  child = null;
  return { code: started.exitCode ?? 1, said };
};

function screenOf(): Screen {
  const env = childEnvironment();
  const noColour = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    columns: () => stdout.columns,
    hasColour: !noColour,
    rewrite: (line) => {
      isRewriting = true;
      stdout.write(`\r\u001b[2K${line}`);
    },
  };
}

async function ask(question: string): Promise<string | null> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return await lines.question(question, { signal: enough.signal });
  } catch {
    // Ctrl-C or the end of the input: no answer, and the cursor stands behind the question.
    stderr.write('\n');
    return null;
  } finally {
    lines.close();
  }
}

function write(stream: NodeJS.WriteStream, line: string): void {
  if (isRewriting) stdout.write('\n');
  isRewriting = false;
  stream.write(`${line}\n`);
}

void runCli(process.argv.slice(2), {
  out: (line) => {
    write(stdout, line);
  },
  err: (line) => {
    write(stderr, line);
  },
  ...(stdout.isTTY ? { screen: screenOf() } : {}),
  ...(stdin.isTTY && stderr.isTTY ? { ask } : {}),
  run: runProgram,
  enough: enough.signal,
}).then((code) => {
  process.exitCode = code;
});
