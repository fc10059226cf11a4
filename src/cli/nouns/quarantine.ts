// `jisr quarantine …`: what came and could not be understood. Taken in again after a fix, or given up.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { perform, told } from '../act';
import type { Desk } from '../desk';
import { CliFailure, type CliIo } from '../io';
import { showList, understood } from '../lists';
import { wholeNumber, withDryRun, withPages, withReason, type ActOptions } from '../options';
import type { PageOptions } from '../options';
import { plainLine } from '../screen/text';
import { stateCell } from '../screen/words';
import { quarantineShape } from '../shapes';
import { atDesk, noun, verb } from '../verb';

interface ListOptions extends PageOptions {
  readonly source?: string;
  readonly status?: string;
}

interface RetryOptions extends ActOptions {
  readonly rawFile?: string;
  readonly reason?: string;
}

const id = wholeNumber(1, 999_999_999_999_999);

export function quarantineCommand(io: CliIo): Command {
  const list = withPages(verb('list', 'what lies there, newest first'))
    .option('--source <name>', 'from this source')
    .addOption(new Option('--status <status>', 'what became of it').choices(['open', 'retried', 'discarded']))
    .action(
      atDesk(io, async (desk, { source, status, ...pages }: ListOptions) => {
        await showList(
          desk,
          {
            path: '/api/v1/quarantine',
            plural: 'quarantine',
            query: { source, status },
            item: quarantineShape,
            titles: ['ID', 'SOURCE', 'CAME', 'STATUS', 'TIMES', 'LAST', 'WHY'],
            row: (entry: ReturnType<typeof quarantineShape.parse>) => [
              String(entry.id),
              entry.source,
              entry.channel,
              stateCell(entry.status),
              String(entry.times),
              desk.time(entry.last_at),
              entry.reason,
            ],
            none: 'nothing is in quarantine',
          },
          pages,
        );
      }),
    );
  const show = onEntry(verb('show', 'one entry, with what came')).action(
    atDesk(io, async (desk, entryId: number) => {
      const answer = await desk.client.get(pathOf(entryId));
      if (desk.isJson) {
        desk.json(answer);
        return;
      }
      const entry = understood(quarantineShape, answer);
      desk.fields([
        ['id', String(entry.id)],
        ['status', stateCell(entry.status)],
        ['why', entry.reason],
        ['source', entry.source],
        ['came by', entry.channel],
        ['first', desk.time(entry.first_at)],
        ['last', entry.times === 1 ? null : `${desk.time(entry.last_at)}, ${entry.times} times in all`],
        [
          'settled',
          entry.settled_at === null ? null : `${desk.time(entry.settled_at)} by ${entry.settled_by ?? '?'}`,
        ],
        ['reason', entry.settled_reason],
        ['became', entry.key],
      ]);
      desk.heading('What came');
      const { raw_dropped_at: droppedAt } = entry;
      desk.say(
        droppedAt === null
          ? plainLine(String(answer['raw']))
          : `it was dropped ${desk.time(droppedAt)}, JISR_PAYLOAD_DAYS after it was settled`,
      );
      if (entry.status === 'open') showNextStep(desk, entry.id);
    }),
  );
  const retry = withReason(withDryRun(onEntry(verb('retry', 'take it in again, as it is or corrected'))))
    .option('--raw-file <path>', 'the corrected event, as JSON, in a file')
    .action(
      atDesk(io, async (desk, entryId: number, options: RetryOptions) => {
        const { rawFile, reason } = options;
        const raw = rawFile === undefined ? undefined : contentOf(io, rawFile);
        const body = raw === undefined && reason === undefined ? {} : { body: { raw, reason } };
        const act = {
          what: `take entry ${entryId} in again`,
          method: 'POST',
          path: `${pathOf(entryId)}/retry`,
        } as const;
        const answer = await perform(desk, { ...act, on: pathOf(entryId), ...body }, options);
        told(desk, answer, () => {
          const key = answer?.['key'];
          return typeof key === 'string'
            ? `it became event ${key}: \`jisr events show ${key}\``
            : 'it was taken in';
        });
      }),
    );
  const discard = withDryRun(onEntry(verb('discard', 'give it up; it stays readable')))
    .requiredOption('--reason <text>', 'why, for the record')
    .action(
      atDesk(io, async (desk, entryId: number, options: ActOptions & { readonly reason: string }) => {
        const act = {
          what: `discard entry ${entryId}`,
          method: 'POST',
          path: `${pathOf(entryId)}/discard`,
        } as const;
        const body = { reason: options.reason };
        told(
          desk,
          await perform(desk, { ...act, on: pathOf(entryId), body }, options),
          () => `entry ${entryId} is discarded`,
        );
      }),
    );
  return noun('quarantine', 'what came and could not be understood', [list, show, retry, discard]);
}

function showNextStep(desk: Desk, entryId: number): void {
  desk.heading('What to do');
  desk.say(`correct it in a file, then: jisr quarantine retry ${entryId} --raw-file …`);
  desk.say(`or give it up:              jisr quarantine discard ${entryId} --reason "…"`);
}

function onEntry(command: Command): Command {
  return command.argument('<id>', 'as `list` shows it', id);
}

function pathOf(entryId: number): string {
  return `/api/v1/quarantine/${entryId}`;
}

function contentOf({ workingFolder = '.' }: CliIo, path: string): string {
  try {
    return readFileSync(resolve(workingFolder, path), 'utf8');
  } catch (error) {
    throw new CliFailure(
      `${path} cannot be read (${error instanceof Error ? error.message : ''}): correct --raw-file`,
    );
  }
}
