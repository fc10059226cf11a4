// `jisr start`, `demo` and `migrate`: other programs of this build, with the exit codes they end with.
import { Command } from 'commander';
import { CliExit, CliFailure, type CliIo, type ProgramEnd } from '../io';
import { orSay } from '../verb';

export function startCommand(io: CliIo): Command {
  return new Command('start')
    .description('start the whole bridge in this terminal; what is not configured is embedded')
    .action(() => through(io, 'start.js', []));
}

export function demoCommand(io: CliIo): Command {
  return new Command('demo')
    .description('play a scene with a simulated Odoo, and prove that nothing is lost')
    .option('--exit', 'end afterwards, with 0 or 1')
    .action(({ exit }: { readonly exit?: true }) => through(io, 'demo.js', exit === true ? ['--exit'] : []));
}

export function migrateCommand(io: CliIo): Command {
  return new Command('migrate')
    .description('bring the tables up to date, as every start does, and end')
    .action(() => through(io, 'migrate.js', []));
}

async function through(io: CliIo, script: string, words: readonly string[]): Promise<void> {
  await orSay(io, 'table', async () => {
    const { code } = await runProgram(io, script, words, 'through');
    if (code !== 0) throw new CliExit(code);
  });
}

export async function runProgram(
  { run }: CliIo,
  script: string,
  words: readonly string[],
  output: 'through' | 'kept',
): Promise<ProgramEnd> {
  if (run === undefined) throw new CliFailure(`${script} can be run from the program \`jisr\` only`);
  return run(script, words, { output });
}
