// Follows a replay to its end. It runs at the bridge: to stop watching stops nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from './client';
import type { Desk } from './desk';
import { CliExit } from './io';
import { understood } from './lists';
import { replayShape, type Replay } from './shapes';

const LOOK_EVERY_MS = 500;
/** Where nothing can be written over, a line for so many percent. */
const LINE_EVERY_PERCENT = 10;

export async function watchReplay(desk: Desk, id: string): Promise<void> {
  const tell = progressTeller(desk);
  const { answer, replay } = await untilEnded(desk, id, tell);
  if (desk.isJson) desk.json(answer);
  else desk.say(`${replay.act} ${id} is ${replay.state}: ${progressText(replay)}`);
  if (replay.state !== 'done') throw new CliExit(1);
}

async function untilEnded(
  desk: Desk,
  id: string,
  tell: (replay: Replay) => void,
): Promise<{ readonly answer: JsonObject; readonly replay: Replay }> {
  for (;;) {
    const answer = await desk.client.get(replayPath(id));
    const replay = understood(replayShape, answer);
    if (hasEnded(replay)) return { answer, replay };
    tell(replay);
    const { enough } = desk.io;
    await sleep(LOOK_EVERY_MS, undefined, enough === undefined ? {} : { signal: enough }).catch(
      () => undefined,
    );
    if (enough?.aborted === true) {
      desk.note(`\nit goes on by itself: \`jisr replays show ${id} --watch\` follows it again`);
      throw new CliExit(130);
    }
  }
}

export function replayPath(id: string): string {
  return `/api/v1/replays/${encodeURIComponent(id)}`;
}

export function hasEnded({ state }: Replay): boolean {
  return state === 'done' || state === 'aborted';
}

/** `120 of 240 handed on, 3 skipped` */
export function progressText({ planned, done, skipped }: Replay): string {
  const of = planned === null ? '' : ` of ${planned}`;
  return `${done}${of} handed on${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

export function percentOf({ planned, done, skipped }: Replay): number | null {
  return planned === null || planned === 0
    ? null
    : Math.min(100, Math.floor((100 * (done + skipped)) / planned));
}

/** `running, waits for live-traffic`, `paused by admin: the CRM is slow` */
function stateText({ state, state_reason: why, waits_for: waitsFor }: Replay): string {
  if (state === 'paused') return why === null ? state : `${state} ${why}`;
  return waitsFor === null ? state : `${state}, waits for ${waitsFor}`;
}

function progressTeller(desk: Desk): (replay: Replay) => void {
  let said = '';
  return (replay) => {
    const percent = percentOf(replay);
    const line = `${stateText(replay)}: ${progressText(replay)}${percent === null ? '' : ` (${percent} %)`}`;
    const { screen } = desk.io;
    if (!desk.isJson && screen !== undefined) {
      screen.rewrite(line);
      return;
    }
    const step = `${stateText(replay)} ${percent === null ? '' : Math.floor(percent / LINE_EVERY_PERCENT)}`;
    if (step !== said) desk.note(line);
    said = step;
  };
}
