// Makes commands, and runs them: opens the desk, and turns what goes wrong into words and an exit code.
import { Command } from 'commander';
import { ConfigError } from '../config';
import { openDesk, type Desk } from './desk';
import { CliExit, CliFailure, WrongUsage, type CliIo } from './io';
import { withOutput, type OutputOption } from './options';

export function noun(name: string, description: string, verbs: readonly Command[]): Command {
  const command = new Command(name).description(description);
  for (const verb of verbs) command.addCommand(verb);
  return command;
}

/** @param nameAndArguments as `show <key>` */
export function verb(nameAndArguments: string, description: string): Command {
  const [name = '', ...words] = nameAndArguments.split(' ');
  const command = new Command(name).description(description);
  for (const word of words) command.argument(word);
  return withOutput(command);
}

/** What a verb does, at an open desk. */
export function atDesk<Rest extends readonly unknown[]>(
  io: CliIo,
  work: (desk: Desk, ...rest: Rest) => Promise<void>,
  timeoutMs?: number,
): (...rest: Rest) => Promise<void> {
  return async (...rest) => {
    const options = rest.find(isOutputOption);
    const output = options?.output ?? 'table';
    await orSay(io, output, () =>
      work(openDesk(io, { output, ...(timeoutMs === undefined ? {} : { timeoutMs }) }), ...rest),
    );
  };
}

/** Says what went wrong; a bug is thrown on. */
export async function orSay(
  io: CliIo,
  output: OutputOption['output'],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CliFailure) {
      io.err(output === 'json' && error.problem !== null ? JSON.stringify(error.problem) : error.message);
      throw new CliExit(1);
    }
    if (error instanceof WrongUsage || error instanceof ConfigError) {
      io.err(error.message);
      throw new CliExit(2);
    }
    throw error;
  }
}

function isOutputOption(value: unknown): value is OutputOption {
  return (
    typeof value === 'object' &&
    value !== null &&
    'output' in value &&
    (value.output === 'table' || value.output === 'json')
  );
}
