// Acts on many events: looked at first, agreed to, then run by the bridge, which goes on without us.
import { agreed } from './act';
import { isObject, type JsonObject } from './client';
import type { Desk } from './desk';
import { understood } from './lists';
import type { AskedActOptions } from './options';
import { watchReplay } from './replay-watch';
import { bulkShape, replayIdShape } from './shapes';

export interface BulkOptions extends AskedActOptions {
  readonly wait?: true;
}

export interface BulkAct {
  /** `retry` */
  readonly verb: string;
  readonly path: string;
  /** Without `dry_run`. */
  readonly body: JsonObject;
}

export async function runBulk(desk: Desk, act: BulkAct, options: BulkOptions): Promise<void> {
  const { client } = desk;
  const preview = await client.post(act.path, { ...act.body, dry_run: true });
  const { count, without_payload: without, sample } = understood(bulkShape, preview);
  const events = `${count} ${count === 1 ? 'event' : 'events'}`;
  if (options.dryRun === true || count === 0) {
    if (desk.isJson) desk.json(preview);
    else if (count === 0) desk.say('no event fits: nothing is to be done');
    else desk.say(`would ${act.verb} ${events}, such as ${sample.slice(0, 10).map(keyOf).join(', ')}`);
    if (without > 0) desk.note(NO_PAYLOAD(without));
    return;
  }
  await agreed(desk, `${act.verb} ${events}`, options.yes);
  const answer = await client.post(act.path, { ...act.body, dry_run: false });
  const { id } = understood(replayIdShape, answer);
  if (options.wait === true) {
    await watchReplay(desk, id);
    return;
  }
  if (desk.isJson) desk.json(answer);
  else desk.say(`${act.verb} of ${events} is under way: \`jisr replays show ${id} --watch\` follows it`);
}

const NO_PAYLOAD = (count: number) =>
  `${count} more fit whose payload was dropped (JISR_PAYLOAD_DAYS): they cannot be delivered again`;

/** A sample is of keys, or of events. */
function keyOf(one: unknown): string {
  return isObject(one) ? String(one['key']) : String(one);
}
