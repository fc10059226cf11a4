// Acts that change something: what `--dry-run` says, and when a person is asked first.
import type { JsonObject } from './client';
import type { Desk } from './desk';
import { CliExit, WrongUsage } from './io';
import type { ActOptions } from './options';

export interface Act {
  /** `retry event 17` */
  readonly what: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  /** What it is done to: looked at for a dry run, so that one that is not there is told. */
  readonly on?: string;
}

/** Answers what the bridge said; null for a dry run, which it shows itself. */
export async function perform(desk: Desk, act: Act, { dryRun }: ActOptions): Promise<JsonObject | null> {
  const { client } = desk;
  if (dryRun === true) {
    await showDryRun(desk, act);
    return null;
  }
  if (act.method === 'DELETE') return client.delete(act.path);
  if (act.method === 'PATCH') return client.patch(act.path, act.body ?? {});
  return client.post(act.path, act.body);
}

async function showDryRun(desk: Desk, { what, method, path, body, on }: Act): Promise<void> {
  const thing = on === undefined ? null : await desk.client.get(on);
  if (desk.isJson) {
    desk.json({ dry_run: true, method, path, body: body ?? null });
    return;
  }
  const state = thing?.['status'] ?? thing?.['state'];
  const now = typeof state === 'string' ? `, which is ${state} now` : '';
  desk.say(`would ${what}${now}: ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
}

/** Before many things change, or something that does not come back. */
export async function agreed(desk: Desk, what: string, yes: true | undefined): Promise<void> {
  if (yes === true) return;
  const { ask } = desk.io;
  if (ask === undefined) {
    const next = 'nobody is here to be asked: add --yes to do it, or --dry-run to see what it would do';
    throw new WrongUsage(`${what}? ${next}`);
  }
  const answer = await ask(`${what}? [y/N] `);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  desk.note('nothing was done');
  // Without an answer it was given up by Ctrl-C.
  throw new CliExit(answer === null ? 130 : 1);
}

/** In JSON the answer as it is, else a sentence. */
export function told(desk: Desk, answer: JsonObject | null, sentence: () => string): void {
  if (answer === null) return;
  if (desk.isJson) desk.json(answer);
  else desk.say(sentence());
}
