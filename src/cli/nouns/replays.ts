// `jisr replays …`: deliver many events again, and steer what runs.
import { Option, type Command } from 'commander';
import { CHANNELS, OPERATIONS, PRIORITIES } from '../../domain/event';
import { REPLAY_STATES } from '../../domain/replay';
import { RATE_BOUNDS } from '../../domain/subscription-rules';
import { agreed, perform, told } from '../act';
import { runBulk, type BulkOptions } from '../bulk';
import { WrongUsage, type CliIo } from '../io';
import { showList, understood } from '../lists';
import { collected, TIME, time, wholeNumber, withDryRun, withPages, withReason, withYes } from '../options';
import type { AskedActOptions, OutputOption, PageOptions } from '../options';
import { progressText, replayPath, watchReplay } from '../replay-watch';
import { showReplay } from '../replay-view';
import { stateCell } from '../screen/words';
import { replayShape, type Replay } from '../shapes';
import { atDesk, noun, verb } from '../verb';

interface CreateOptions extends BulkOptions {
  readonly source?: string;
  readonly model?: string;
  readonly recordId?: number;
  readonly operation?: string;
  readonly priority?: string;
  readonly status?: string;
  readonly channel?: string;
  readonly pushId?: string;
  readonly pullId?: string;
  readonly q?: string;
  readonly since?: string;
  readonly until?: string;
  readonly errorClass?: string;
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
  return withYes(withDryRun(verb('create', 'deliver all events that fit again, below what comes in live')))
    .option('--source <name>', 'of this source')
    .option('--model <model>', 'of this model, as res.partner')
    .option('--record-id <id>', 'of this record, with --model', wholeNumber(0, 999_999_999_999_999))
    .addOption(new Option('--operation <operation>', 'what happened').choices(OPERATIONS))
    .addOption(new Option('--priority <priority>', 'how urgent').choices(PRIORITIES))
    .addOption(
      new Option('--status <status>', 'how it ended').choices(['processed', 'discarded', 'dead_letter']),
    )
    .addOption(new Option('--channel <channel>', 'how its first copy came').choices(CHANNELS))
    .option('--push-id <id>', "by Odoo's id of the push")
    .option('--pull-id <id>', "by Odoo's id of the pull")
    .option('--q <text>', "a key, an id of Odoo's, or a record as res.partner/42")
    .option('--since <time>', `accepted from then on: ${TIME}`, time)
    .option('--until <time>', 'accepted before then', time)
    .option('--error-class <class>', 'that failed so')
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
        const filter = filterOf(options);
        if (Object.values(filter).every((value) => value === undefined))
          throw new WrongUsage('say which events: --model, --since, --status, --source, --key …');
        const { only, subscription, rate, reason } = options;
        const body = { filter, only, subscription, rate_per_second: rate, reason };
        await runBulk(desk, { verb: 'replay', path: PATH, body }, options);
      }),
    );
}

function filterOf(options: CreateOptions) {
  const { source, model, operation, priority, status, channel, since, until, q } = options;
  return {
    source,
    model,
    record_id: options.recordId,
    operation,
    priority,
    status,
    channel,
    push_id: options.pushId,
    pull_id: options.pullId,
    since,
    until,
    q,
    error_class: options.errorClass,
    keys: options.key,
  };
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
