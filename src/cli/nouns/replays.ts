// `jisr replays …`: deliver many events again, and steer what runs.
import { Option, type Command } from 'commander';
import { REPLAY_STATES } from '../../domain/replay';
import { RATE_BOUNDS } from '../../domain/subscription-rules';
import { agreed, perform, told } from '../act';
import { runBulk, type BulkOptions } from '../bulk';
import { eventFilterOf, withEventFilter, type EventFilterOptions } from '../event-filter';
import { WrongUsage, type CliIo } from '../io';
import { showList, understood } from '../lists';
import { collected, wholeNumber, withDryRun, withPages, withReason, withYes } from '../options';
import type { AskedActOptions, OutputOption, PageOptions } from '../options';
import { progressText, replayPath, watchReplay } from '../replay-watch';
import { showReplay } from '../replay-view';
import { stateCell } from '../screen/words';
import { replayShape, type Replay } from '../shapes';
import { atDesk, noun, verb } from '../verb';

interface CreateOptions extends EventFilterOptions, BulkOptions {
  readonly key?: readonly string[];
  readonly only: string;
  readonly subscription?: string;
  readonly rate?: number;
  readonly reason: string;
}

const PATH = '/api/v1/replays';

export function replaysCommand(io: CliIo): Command {
  const list = withPages(verb('list', 'the replays, newest first'))
    .addOption(new Option('--state <state>', 'how far it is').choices(REPLAY_STATES))
    .action(
      atDesk(io, async (desk, { state, ...pages }: PageOptions & { readonly state?: string }) => {
        await showList(
          desk,
          {
            path: PATH,
            plural: 'replays',
            query: { state },
            item: replayShape,
            titles: ['ID', 'ACT', 'STATE', 'PROGRESS', 'WHEN', 'WHO', 'WHY'],
            row: (one: Replay) => [
              one.id,
              one.act,
              stateCell(one.state),
              progressText(one),
              desk.time(one.created_at),
              one.actor,
              one.reason ?? '',
            ],
            none: 'nothing was replayed yet',
          },
          pages,
        );
      }),
    );
  const show = verb('show <id>', 'one replay and how far it is')
    .option('--watch', 'follow it to its end')
    .action(
      atDesk(io, async (desk, id: string, { watch }: OutputOption & { readonly watch?: true }) => {
        if (watch === true) {
          await watchReplay(desk, id);
          return;
        }
        const answer = await desk.client.get(replayPath(id));
        if (desk.isJson) desk.json(answer);
        else showReplay(desk, understood(replayShape, answer));
      }),
    );
  return noun('replays', 'delivering many events again', [
    createReplay(io),
    list,
    show,
    withReason(steering(io, 'pause', 'hand no more events on for now')),
    steering(io, 'resume', 'go on where it was'),
    withReason(withYes(steering(io, 'abort', 'end it for good; what was handed on is delivered'))),
  ]);
}

function createReplay(io: CliIo): Command {
  const command = verb('create', 'deliver all events that fit again, below what comes in live');
  const status = new Option('--status <status>', 'how it ended').choices([
    'processed',
    'discarded',
    'dead_letter',
  ]);
  return withYes(withDryRun(withEventFilter(command, { status, errorClass: 'that failed so' })))
    .option('--key <key>', 'these events; may be given several times', collected)
    .addOption(
      new Option('--only <which>', 'failed: dead deliveries alone; all: sent ones too')
        .choices(['failed', 'all'])
        .default('failed'),
    )
    .option('--subscription <name>', 'deliver to this one alone: its name or id')
    .option('--rate <number>', 'events per second at most', wholeNumber(RATE_BOUNDS.least, RATE_BOUNDS.most))
    .option('--wait', 'follow it to its end')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(
      atDesk(io, async (desk, options: CreateOptions) => {
        const filter = { ...eventFilterOf(options), keys: options.key };
        if (Object.values(filter).every((value) => value === undefined))
          throw new WrongUsage('say which events: --model, --since, --status, --source, --key …');
        const { only, subscription, rate, reason } = options;
        const body = { filter, only, subscription, rate_per_second: rate, reason };
        await runBulk(desk, { verb: 'replay', path: PATH, body }, options);
      }),
    );
}

function steering(io: CliIo, act: 'pause' | 'resume' | 'abort', description: string): Command {
  return withDryRun(verb(`${act} <id>`, description)).action(
    atDesk(io, async (desk, id: string, options: AskedActOptions & { readonly reason?: string }) => {
      const on = replayPath(id);
      const body = options.reason === undefined ? {} : { body: { reason: options.reason } };
      const what = `${act} replay ${id}`;
      if (act === 'abort' && options.dryRun !== true) await agreed(desk, what, options.yes);
      const path = `${on}/${act}`;
      const answer = await perform(desk, { what, method: 'POST', path, on, ...body }, options);
      told(desk, answer, () => {
        const replay = understood(replayShape, answer);
        return `replay ${id} is ${replay.state}: ${progressText(replay)}`;
      });
    }),
  );
}
