// Reads the words of the command line and calls the noun they name. Exit codes: 0 done, 1 failed, 2 wrong usage,
// 130 given up by Ctrl-C.
import { CommanderError } from 'commander';
import { CliExit, type CliIo } from './io';
import { createProgram } from './program';

/** @param words without the program itself; answers the exit code */
export async function runCli(words: readonly string[], io: CliIo): Promise<number> {
  try {
    await createProgram(io).parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CliExit) return error.code;
    // Commander ends with 0 for help and version, and with 1 for what we call wrong usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
