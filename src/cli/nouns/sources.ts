// `jisr sources …`: how pulling goes, and steering it.
import type { Command } from 'commander';
import { perform, told } from '../act';
import type { Desk } from '../desk';
import { CliExit, WrongUsage, type CliIo } from '../io';
import { readPages, showList, understood } from '../lists';
import { duration, wholeNumber, withDryRun, withPages, withReason } from '../options';
import type { ActOptions, PageOptions } from '../options';
import { stateCell } from '../screen/words';
import { reconciliationShape, sourceShape, type Source } from '../shapes';
import { showReconciliation, showSource } from '../source-view';
import { atDesk, noun, verb } from '../verb';

interface SetOptions extends ActOptions {
  readonly interval?: number;
  readonly limit?: number;
}

export function sourcesCommand(io: CliIo): Command {
  const list = withPages(verb('list', 'the sources')).action(
    atDesk(io, async (desk, pages: PageOptions) => {
      await showList(desk, sourceList(desk), pages);
    }),
  );
  const show = verb('show <name>', 'one source: how far it is, and its last failure').action(
    atDesk(io, async (desk, name: string) => {
      const answer = await desk.client.get(pathOf(name));
      if (desk.isJson) desk.json(answer);
      else showSource(desk, answer);
    }),
  );
  const set = withDryRun(verb('set <name>', 'change how it is pulled; outlives restarts'))
    .option('--interval <duration>', 'between two polls, as 30s: 100ms to 24h', duration)
    .option('--limit <rows>', 'rows of a page, 1 to 1000', wholeNumber(1, 1000))
    .action(
      atDesk(io, async (desk, name: string, options: SetOptions) => {
        const { interval, limit } = options;
        if (interval === undefined && limit === undefined)
          throw new WrongUsage('say what to set: --interval, --limit or both');
        const body = {
          ...(interval === undefined ? {} : { interval_ms: interval }),
          ...(limit === undefined ? {} : { limit }),
        };
        const what = `set source ${name}`;
        const act = { what, method: 'PATCH', path: pathOf(name), on: pathOf(name), body } as const;
        tellOf(desk, await perform(desk, act, options));
      }),
    );
  const reconcile = verb(
    'reconcile [name]',
    'its books: what came, what became of it, and what is missing',
  ).action(atDesk(io, reconcileAll));
  return noun('sources', 'the Odoos that are pulled and push', [
    list,
    show,
    withReason(steering(io, 'pause', 'pull nothing from it; pushes go on')),
    steering(io, 'resume', 'pull again, beginning with a sweep'),
    steering(io, 'pull', 'pull now'),
    set,
    reconcile,
  ]);
}

function steering(io: CliIo, act: 'pause' | 'resume' | 'pull', description: string): Command {
  return withDryRun(verb(`${act} <name>`, description)).action(
    atDesk(io, async (desk, name: string, options: ActOptions & { readonly reason?: string }) => {
      const on = pathOf(name);
      const { reason } = options;
      const body = reason === undefined ? {} : { body: { reason } };
      const what = `${act} source ${name}`;
      const path = `${on}/${act}`;
      tellOf(desk, await perform(desk, { what, method: 'POST', path, on, ...body }, options));
    }),
  );
}

/** Exit code 1 unless all are complete, so that a script can wait for it. */
async function reconcileAll(desk: Desk, name: string | undefined): Promise<void> {
  const names = name === undefined ? await sourceNames(desk) : [name];
  const answers = [];
  for (const one of names) answers.push(await desk.client.get(`${pathOf(one)}/reconciliation`));
  if (desk.isJson) desk.json(name === undefined ? { sources: answers } : answers[0]);
  const books = answers.map((answer) => understood(reconciliationShape, answer));
  if (!desk.isJson) for (const one of books) showReconciliation(desk, one);
  if (books.some(({ complete }) => !complete)) throw new CliExit(1);
}

async function sourceNames(desk: Desk): Promise<readonly string[]> {
  const { items } = await readPages(desk, sourceList(desk), { all: true });
  return items.map((item) => understood(sourceShape, item).name);
}

function sourceList(desk: Desk) {
  return {
    path: '/api/v1/sources',
    plural: 'sources',
    item: sourceShape,
    titles: ['NAME', 'STATE', 'CURSOR', 'LAST PULL', 'ACCEPTED', 'WHY'],
    row: (source: Source) => [
      source.name,
      stateCell(source.state),
      String(source.cursor ?? ''),
      desk.time(source.last_success_at),
      String(source.counts['accepted'] ?? ''),
      whyOf(source),
    ],
    none: 'no source is configured: set ODOO_URL, or `sources` in jisr.yaml',
  };
}

/** A failure that is over is history; `show` has it. */
function whyOf({ state, paused_reason: paused, state_detail: detail, last_error: error }: Source): string {
  return paused ?? detail ?? (state === 'failing' ? (error?.message ?? '') : '');
}

function tellOf(desk: Desk, answer: Parameters<typeof told>[1]): void {
  told(desk, answer, () => {
    const { name, state, interval_ms: intervalMs, limit } = understood(sourceShape, answer);
    const next = state === 'paused' ? `; \`jisr sources resume ${name}\` pulls again` : '';
    return `source ${name} is ${state}: every ${intervalMs ?? 0} ms, ${limit ?? 0} rows a page${next}`;
  });
}

function pathOf(name: string): string {
  return `/api/v1/sources/${encodeURIComponent(name)}`;
}
