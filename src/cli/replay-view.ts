// A replay for people.
import type { Desk } from './desk';
import { percentOf, progressText } from './replay-watch';
import { stateCell } from './screen/words';
import type { Replay } from './shapes';

export function showReplay(desk: Desk, replay: Replay): void {
  const percent = percentOf(replay);
  desk.fields([
    ['id', { text: replay.id, tone: 'strong' }],
    ['act', replay.act],
    ['state', stateCell(replay.state)],
    ['held', replay.state_reason],
    ['waits for', replay.waits_for],
    ['progress', `${progressText(replay)}${percent === null ? '' : ` (${percent} %)`}`],
    ['skipped for', skipsText(replay.skips)],
    ['events', filterText(replay.filter)],
    ['deliveries', replay.only === 'all' ? 'all, sent ones too' : 'failed ones'],
    ['to', replay.subscription?.name ?? replay.subscription?.id ?? 'all subscriptions'],
    ['rate', replay.rate_per_second === null ? null : `${replay.rate_per_second} per second at most`],
    ['who', replay.actor],
    ['why', replay.reason],
    ['begun', desk.time(replay.created_at)],
    ['ended', replay.ended_at === null ? null : desk.time(replay.ended_at)],
    ['temporal', replay.temporal_url],
  ]);
}

function filterText(filter: Replay['filter']): string {
  return Object.entries(filter)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
}

function skipsText(skips: Replay['skips']): string | null {
  const parts = Object.entries(skips).map(([reason, count]) => `${reason} ${count}`);
  return parts.length === 0 ? null : parts.join(', ');
}
