// Reads the words of the command line and calls the noun they name. Exit codes: 0 done, 1 failed, 2 wrong usage.
import { Command, CommanderError } from 'commander';
import { readVersion } from '../version';
import { configCommand } from './config';
import { CliExit, type CliOutput } from './output';

export async function runCli(words: readonly string[], output: CliOutput): Promise<number> {
  const program = new Command('jisr')
    .description('a durable event bridge for Odoo')
    .version(readVersion())
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        output.out(text.trimEnd());
      },
      writeErr: (text) => {
        output.err(text.trimEnd());
      },
    });
  for (const noun of [configCommand(output)]) program.addCommand(inherit(noun, program));
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CliExit) return error.code;
    // Commander ends with 0 for help and version, and with 1 for what we call wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const verb of command.commands) inherit(verb, command);
  return command;
}
