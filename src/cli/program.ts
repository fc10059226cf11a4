// All commands of `jisr`, put together. Knows no noun in detail: each is a file of its own and one line here.
import { Command } from 'commander';
import { readVersion } from '../version';
import type { CliIo } from './io';
import { completionCommand } from './nouns/completion';
import { configCommand } from './nouns/config';
import { deadLettersCommand } from './nouns/dead-letters';
import { deliveriesCommand } from './nouns/deliveries';
import { doctorCommand } from './nouns/doctor';
import { eventsCommand } from './nouns/events';
import { noticesCommand, statsCommand } from './nouns/notices';
import { processingCommand } from './nouns/processing';
import { demoCommand, migrateCommand, startCommand } from './nouns/programs';
import { quarantineCommand } from './nouns/quarantine';
import { replaysCommand } from './nouns/replays';
import { sourcesCommand } from './nouns/sources';
import { subscriptionsCommand } from './nouns/subscriptions';

const GROUPS: readonly (readonly [title: string, nouns: readonly ((io: CliIo) => Command)[]])[] = [
  ['See what is going on:', [statsCommand, doctorCommand, eventsCommand, noticesCommand]],
  ['Mend what went wrong:', [deadLettersCommand, quarantineCommand, deliveriesCommand, replaysCommand]],
  ['Steer:', [sourcesCommand, processingCommand, subscriptionsCommand]],
  ['Run it:', [startCommand, demoCommand, migrateCommand, configCommand]],
];

const ENVIRONMENT = `
Environment:
  JISR_URL           where its API is (default http://127.0.0.1:8080)
  JISR_API_KEY       its key, or JISR_API_KEY_FILE the file that holds it; on the machine of
                     the bridge the key of its configuration or data folder is found by itself
  NO_COLOR           no colours

Something went wrong? jisr doctor looks at everything; jisr dead-letters list says what
could not be delivered, why, and what to do.`;

export function createProgram(io: CliIo): Command {
  const program = new Command('jisr')
    .description('a durable event bridge for Odoo')
    .version(readVersion())
    .showHelpAfterError('\nUsage: jisr [options] [command]\n`jisr --help` lists the commands')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text.trimEnd());
      },
      writeErr: (text) => {
        io.err(text.trimEnd());
      },
      getOutHelpWidth: () => io.screen?.columns() ?? HELP_COLUMNS,
      getErrHelpWidth: () => io.screen?.columns() ?? HELP_COLUMNS,
    })
    .addHelpText('after', ENVIRONMENT);
  for (const [title, nouns] of GROUPS) {
    program.commandsGroup(title);
    for (const noun of nouns) program.addCommand(inherit(noun(io), program));
  }
  program.commandsGroup('Shell:');
  return program.addCommand(
    inherit(
      completionCommand(io, () => program),
      program,
    ),
  );
}

/** Where it goes to no terminal, and in docs/cli.md. */
const HELP_COLUMNS = 100;

/** A command made on its own knows nothing of its parent's output and exit. */
function inherit(command: Command, parent: Command, before = parent.name()): Command {
  const path = `${before} ${command.name()}`;
  command.copyInheritedSettings(parent).showHelpAfterError(usageOf(command, path));
  for (const verb of command.commands) inherit(verb, command, path);
  return command;
}

/** Short: below the whole help what was wrong would be out of sight. */
function usageOf(command: Command, path: string): string {
  const verbs = command.commands.map((verb) => verb.name());
  const there = verbs.length === 0 ? '' : `there are ${verbs.join(', ')}; `;
  return `\nUsage: ${path} ${command.usage()}\n${there}\`${path} --help\` says more`;
}
