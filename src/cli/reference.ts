// The commands as data: for completion scripts and docs/cli.md, which so never lag behind.
import type { Command } from 'commander';

export interface KnownCommand {
  /** Without `jisr`; empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  /** Names of commands below it. */
  readonly commands: readonly string[];
  readonly options: readonly KnownOption[];
  /** What its arguments can be, where only some are right. */
  readonly argumentChoices: readonly string[];
  /** As `jisr <path> --help` shows it. */
  readonly help: string;
}

export interface KnownOption {
  /** `--output`, `-o` */
  readonly flags: readonly string[];
  readonly takesValue: boolean;
  /** Where only some are right. */
  readonly choices: readonly string[];
}

/** The program and every command below it, each before those below it. */
export function knownCommands(program: Command): readonly KnownCommand[] {
  return below(program, []);
}

function below(command: Command, path: readonly string[]): readonly KnownCommand[] {
  const commands = command.commands.map((one) => one.name());
  const options = command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      flags: [option.short, option.long].flatMap((flag) => flag ?? []),
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    }));
  const known = {
    path,
    description: command.description(),
    commands,
    options,
    argumentChoices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    help: command.helpInformation(),
  };
  return [known, ...command.commands.flatMap((one) => below(one, [...path, one.name()]))];
}
