// The options that say which events, for a list and for what acts on many. Never says whether none is enough.
import { Option, type Command } from 'commander';
import { CHANNELS, OPERATIONS, PRIORITIES } from '../domain/event';
import { TIME, time, wholeNumber } from './options';

export interface EventFilterOptions {
  readonly source?: string;
  readonly model?: string;
  readonly recordId?: number;
  readonly operation?: string;
  readonly priority?: string;
  readonly status?: string;
  readonly channel?: string;
  readonly pushId?: string;
  readonly pullId?: string;
  readonly since?: string;
  readonly until?: string;
  readonly q?: string;
  readonly errorClass?: string;
}

/** @param status of the events that may be meant, with the words for it. @param errorClass the words for that one */
export function withEventFilter(
  command: Command,
  { status, errorClass }: { readonly status: Option; readonly errorClass: string },
): Command {
  return command
    .option('--source <name>', 'of this source')
    .option('--model <model>', 'of this model, as res.partner')
    .option('--record-id <id>', 'of this record, with --model', wholeNumber(0, 999_999_999_999_999))
    .addOption(new Option('--operation <operation>', 'what happened').choices(OPERATIONS))
    .addOption(new Option('--priority <priority>', 'how urgent').choices(PRIORITIES))
    .addOption(status)
    .addOption(new Option('--channel <channel>', 'how its first copy came').choices(CHANNELS))
    .option('--push-id <id>', "by Odoo's id of the push")
    .option('--pull-id <id>', "by Odoo's id of the pull")
    .option('--q <text>', "a key, an id of Odoo's, or a record as res.partner/42")
    .option('--since <time>', `accepted from then on: ${TIME}`, time)
    .option('--until <time>', 'accepted before then', time)
    .option('--error-class <class>', errorClass);
}

/** As the interface names them. */
export function eventFilterOf(options: EventFilterOptions) {
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
  };
}
