// `jisr events …`: look for events, see one whole, and settle it.
import { Option, type Command } from 'commander';
import { EVENT_STATES } from '../../domain/event-state';
import { perform, told } from '../act';
import { eventFilterOf, withEventFilter, type EventFilterOptions } from '../event-filter';
import { showEvent } from '../event-view';
import type { Desk } from '../desk';
import { holdsOnDeliveries } from '../holds';
import type { CliIo } from '../io';
import { showList, understood } from '../lists';
import { withDryRun, withPages, withReason } from '../options';
import type { ActOptions, PageOptions } from '../options';
import { stateCell } from '../screen/words';
import { eventShape, wholeEventShape } from '../shapes';
import { atDesk, noun, verb } from '../verb';

interface ListOptions extends EventFilterOptions, PageOptions {
  readonly subscription?: string;
  readonly order?: string;
}

interface ReasonOptions extends ActOptions {
  readonly reason?: string;
}

export function eventsCommand(io: CliIo): Command {
  const list = withPages(withListOptions(verb('list', 'the events, newest first'))).action(
    atDesk(io, async (desk, options: ListOptions) => {
      await showList(desk, eventList(desk, options), options);
    }),
  );
  const show = verb('show <key>', 'one event: where it came from, where it went, and why it did not').action(
    atDesk(io, async (desk, key: string) => {
      const answer = await desk.client.get(pathOf(key));
      if (desk.isJson) {
        desk.json(answer);
        return;
      }
      const event = understood(wholeEventShape, answer);
      showEvent(desk, event, await holdsOnDeliveries(desk, event.deliveries));
    }),
  );
  return noun('events', 'the changes that Odoo told of', [
    list,
    show,
    withReason(settling(io, 'retry', 'try the dead deliveries of a dead letter again')),
    withReason(settling(io, 'discard', 'give a dead letter up')),
    withReason(settling(io, 'replay', 'deliver an event again that is settled, also where it was sent')),
  ]);
}

function settling(io: CliIo, act: 'retry' | 'discard' | 'replay', description: string): Command {
  return withDryRun(verb(`${act} <key>`, description)).action(
    atDesk(io, async (desk, key: string, options: ReasonOptions) => {
      const on = pathOf(key);
      const answer = await perform(
        desk,
        {
          what: `${act} event ${key}`,
          method: 'POST',
          path: `${on}/${act}`,
          on,
          ...(options.reason === undefined ? {} : { body: { reason: options.reason } }),
        },
        options,
      );
      told(
        desk,
        answer,
        () => `event ${key}: ${act} accepted; \`jisr events show ${key}\` says what became of it`,
      );
    }),
  );
}

function withListOptions(command: Command): Command {
  const status = new Option('--status <status>', 'where it stands').choices(EVENT_STATES);
  return withEventFilter(command, {
    status,
    errorClass: 'dead letters that failed so, with --status dead_letter',
  })
    .option('--subscription <name>', 'dead letters of this subscription, with --status dead_letter')
    .addOption(new Option('--order <order>', 'desc: newest first').choices(['desc', 'asc']));
}

function eventList(desk: Desk, options: ListOptions) {
  return {
    path: '/api/v1/events',
    plural: 'events',
    query: { ...eventFilterOf(options), subscription: options.subscription, order: options.order },
    item: eventShape,
    titles: ['KEY', 'RECORD', 'OPERATION', 'STATUS', 'PRIORITY', 'CAME', 'RECEIVED', 'SOURCE'],
    row: (event: EventRow) => [
      event.key,
      `${event.model}/${event.record_id}`,
      event.operation,
      stateCell(event.status),
      event.priority,
      event.channel,
      desk.time(event.received_at),
      event.source,
    ],
    none: 'no event fits',
  };
}

type EventRow = ReturnType<typeof eventShape.parse>;

function pathOf(key: string): string {
  return `/api/v1/events/${encodeURIComponent(key)}`;
}
