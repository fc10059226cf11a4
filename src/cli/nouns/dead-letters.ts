// `jisr dead-letters …`: events that need a person, by what failed, and settling all of a kind at once.
import type { Command } from 'commander';
import { RATE_BOUNDS } from '../../domain/subscription-rules';
import { runBulk, type BulkOptions } from '../bulk';
import type { Desk } from '../desk';
import { readHolds, type Holds } from '../holds';
import { WrongUsage, type CliIo } from '../io';
import { understood } from '../lists';
import { collected, TIME, time, wholeNumber, withDryRun, withYes, type OutputOption } from '../options';
import { deadLettersShape, type DeadLetterGroup } from '../shapes';
import { atDesk, noun, verb } from '../verb';
import { asCommands } from '../wording';

interface ListOptions extends OutputOption {
  readonly source?: string;
  readonly model?: string;
  readonly since?: string;
  readonly until?: string;
}

interface ActOnManyOptions extends ListOptions, BulkOptions {
  readonly errorClass?: string;
  readonly subscription?: string;
  readonly key?: readonly string[];
  readonly rate?: number;
  readonly reason: string;
}

const PATH = '/api/v1/dead-letters';

export function deadLettersCommand(io: CliIo): Command {
  const list = withFilter(verb('list', 'what failed, where, how often, and what to do')).action(
    atDesk(io, async (desk, { source, model, since, until }: ListOptions) => {
      const answer = await desk.client.get(PATH, { source, model, since, until });
      if (desk.isJson) desk.json(answer);
      else await showGroups(desk, answer);
    }),
  );
  return noun('dead-letters', 'events that could not be delivered and need a person', [
    list,
    onMany(io, 'retry', 'try all that fit again, after the cause was mended'),
    onMany(io, 'discard', 'give all that fit up'),
  ]);
}

function onMany(io: CliIo, act: 'retry' | 'discard', description: string): Command {
  return withYes(withDryRun(withFilter(verb(act, description))))
    .option('--error-class <class>', 'that failed so, as `list` shows it')
    .option('--subscription <name>', 'that failed there: its name or id')
    .option('--key <key>', 'these events; may be given several times', collected)
    .option('--rate <number>', 'events per second at most', wholeNumber(RATE_BOUNDS.least, RATE_BOUNDS.most))
    .option('--wait', 'follow it to its end')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(
      atDesk(io, async (desk, options: ActOnManyOptions) => {
        const { source, model, since, until, errorClass, subscription, key: keys, rate, reason } = options;
        const filter = { source, model, since, until, error_class: errorClass, subscription, keys };
        if (Object.values(filter).every((value) => value === undefined))
          throw new WrongUsage(
            `say which to ${act}: --error-class, --subscription, --model, --source, --since, --until or --key`,
          );
        await runBulk(
          desk,
          { verb: act, path: `${PATH}/${act}`, body: { filter, rate_per_second: rate, reason } },
          options,
        );
      }),
    );
}

function withFilter(command: Command): Command {
  return command
    .option('--source <name>', 'of this source')
    .option('--model <model>', 'of this model, as res.partner')
    .option('--since <time>', `accepted from then on: ${TIME}`, time)
    .option('--until <time>', 'accepted before then', time);
}

async function showGroups(desk: Desk, answer: unknown): Promise<void> {
  const { groups, total } = understood(deadLettersShape, answer);
  if (groups.length === 0) {
    desk.note(total === 0 ? 'no event needs a person' : `none of the ${total} dead letters fits`);
    return;
  }
  desk.table(
    ['FAILURE', 'SUBSCRIPTION', 'DESTINATION', 'EVENTS', 'OLDEST', 'NEWEST', 'SUCH AS'],
    groups.map((group) => [
      { text: group.error_class, tone: 'bad' },
      group.subscription_name ?? '',
      group.destination ?? '',
      String(group.events),
      desk.time(group.oldest_at),
      desk.time(group.newest_at),
      group.sample_keys.slice(0, 3).join(', '),
    ]),
  );
  const ids = groups.flatMap(({ subscription: id }) => (id === null ? [] : [id]));
  const holds = await readHolds(desk, ids);
  for (const group of groups) showHint(desk, group, holds);
}

function showHint(desk: Desk, group: DeadLetterGroup, holds: Holds): void {
  const { error_class: errorClass, subscription: id, subscription_name: name, sample_keys: keys } = group;
  desk.heading(name === null ? errorClass : `${errorClass}, ${name}`);
  const where = name === null ? '' : ` --subscription ${name}`;
  desk.fields([
    ['why', group.message === null ? null : asCommands(group.message)],
    ['what to do', asCommands(group.hint)],
    ['retry waits', id === null ? null : (holds.get(id) ?? null)],
    ['look', keys[0] === undefined ? null : `jisr events show ${keys[0]}`],
    ['retry all', `jisr dead-letters retry --error-class ${errorClass}${where} --reason "…"`],
  ]);
}
