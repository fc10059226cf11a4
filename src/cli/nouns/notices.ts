// `jisr notices list`, `jisr stats`: what Jisr did by itself, and the numbers of the whole bridge.
import type { Command } from 'commander';
import type { CliIo } from '../io';
import { showList, understood } from '../lists';
import { withPages, type PageOptions } from '../options';
import { span } from '../screen/times';
import { DEAD_LETTERS, QUARANTINE, stateCell } from '../screen/words';
import { noticeShape, statsShape } from '../shapes';
import { atDesk, noun, verb } from '../verb';

export function noticesCommand(io: CliIo): Command {
  const list = withPages(verb('list', 'the notices, newest first')).action(
    atDesk(io, async (desk, pages: PageOptions) => {
      await showList(
        desk,
        {
          path: '/api/v1/notices',
          plural: 'notices',
          item: noticeShape,
          titles: ['WHEN', 'KIND', 'WHAT'],
          row: ({ at, kind, message }: ReturnType<typeof noticeShape.parse>) => [
            desk.time(at),
            kind,
            message,
          ],
          none: 'nothing to know of',
        },
        pages,
      );
    }),
  );
  return noun('notices', 'what Jisr did by itself and somebody has to know', [list]);
}

export function statsCommand(io: CliIo): Command {
  return verb('stats', 'how many events stand where').action(
    atDesk(io, async (desk) => {
      const answer = await desk.client.get('/api/v1/stats');
      if (desk.isJson) {
        desk.json(answer);
        return;
      }
      const {
        events,
        quarantined,
        duplicates,
        oldest_pending_seconds: oldest,
      } = understood(statsShape, answer);
      desk.table(
        ['STATE', 'EVENTS'],
        Object.entries(events).map(([state, count]) => [stateCell(state), String(count)]),
      );
      desk.say('');
      desk.fields([
        ['in quarantine', String(quarantined)],
        ['copies of known events', String(duplicates)],
        ['oldest that waits', oldest === 0 ? null : `for ${span(oldest * 1000) ?? ''}`],
      ]);
      if ((events['dead_letter'] ?? 0) > 0) desk.note(DEAD_LETTERS);
      if (quarantined > 0) desk.note(QUARANTINE);
    }),
  );
}
