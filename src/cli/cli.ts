// Reads the words of the command line and calls the noun they name. Exit codes: 0 done, 1 failed, 2 wrong usage.
// Knows no noun in detail: each is a file of its own and one line of NOUNS.
import { Command, CommanderError } from 'commander';
import { readVersion } from '../version';
import { configCommand } from './config';
import { CliExit, type CliIo } from './io';

const NOUNS: readonly ((io: CliIo) => Command)[] = [configCommand];

/** @param words without the program itself; answers the exit code */
export async function runCli(words: readonly string[], io: CliIo): Promise<number> {
  const program = new Command('jisr')
    .description('a durable event bridge for Odoo')
    .version(readVersion())
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text.trimEnd());
      },
      writeErr: (text) => {
        io.err(text.trimEnd());
      },
    });
  for (const noun of NOUNS) program.addCommand(inherit(noun(io), program));
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

/** A command made on its own knows nothing of its parent's output and exit. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const verb of command.commands) inherit(verb, command);
  return command;
}
