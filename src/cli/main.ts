#!/usr/bin/env node
// The command line `jisr`: gives it the process's words and streams. Never ends the process while it writes.
import { runCli } from './cli';

void runCli(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}).then((code) => {
  process.exitCode = code;
});
