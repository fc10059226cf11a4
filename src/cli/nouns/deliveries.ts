// `jisr deliveries …`: one event on its way to one subscription.
import { Option, type Command } from 'commander';
import { DELIVERY_STATES } from '../../domain/delivery';
import { perform, told } from '../act';
import { showDelivery } from '../event-view';
import { holdsOnDeliveries } from '../holds';
import type { CliIo } from '../io';
import { showList, understood } from '../lists';
import { withDryRun, withPages, withReason } from '../options';
import type { ActOptions, PageOptions } from '../options';
import { stateCell } from '../screen/words';
import { deliveryShape, type Delivery } from '../shapes';
import { atDesk, noun, verb } from '../verb';

interface ListOptions extends PageOptions {
  readonly subscription?: string;
  readonly event?: string;
  readonly state?: string;
}

export function deliveriesCommand(io: CliIo): Command {
  const list = withPages(verb('list', 'the deliveries, newest first'))
    .option('--subscription <name>', 'to this subscription: its name or id')
    .option('--event <key>', 'of this event')
    .addOption(new Option('--state <state>', 'where it stands').choices(DELIVERY_STATES))
    .action(
      atDesk(io, async (desk, { subscription, event, state, ...pages }: ListOptions) => {
        await showList(
          desk,
          {
            path: '/api/v1/deliveries',
            plural: 'deliveries',
            query: { subscription, event, state },
            item: deliveryShape,
            titles: ['ID', 'EVENT', 'SUBSCRIPTION', 'STATE', 'ATTEMPTS', 'LAST FAILURE', 'NEXT'],
            row: (one: Delivery) => [
              one.id,
              one.event_key,
              one.subscription.name,
              stateCell(one.state),
              String(one.attempts.length),
              one.attempts.at(-1)?.error_class ?? '',
              desk.time(one.next_attempt_at),
            ],
            none: 'no delivery fits',
            below: async (shown) => {
              for (const hold of (await holdsOnDeliveries(desk, shown)).values()) desk.note(hold);
            },
          },
          pages,
        );
      }),
    );
  const show = verb('show <id>', 'one delivery with its attempts').action(
    atDesk(io, async (desk, id: string) => {
      const answer = await desk.client.get(pathOf(id));
      if (desk.isJson) {
        desk.json(answer);
        return;
      }
      const delivery = understood(deliveryShape, answer);
      desk.fields([
        ['event', delivery.event_key],
        ['subscription', delivery.subscription.name],
      ]);
      showDelivery(desk, delivery, await holdsOnDeliveries(desk, [delivery]));
    }),
  );
  const retry = withReason(
    withDryRun(verb('retry <id>', 'make it again, at once, whatever its state')),
  ).action(
    atDesk(io, async (desk, id: string, options: ActOptions & { readonly reason?: string }) => {
      const { reason } = options;
      const act = {
        what: `make delivery ${id} again`,
        method: 'POST',
        path: `${pathOf(id)}/retry`,
        on: pathOf(id),
        ...(reason === undefined ? {} : { body: { reason } }),
      } as const;
      const answer = await perform(desk, act, options);
      told(desk, answer, () => `accepted; \`jisr deliveries show ${id}\` says what became of it`);
    }),
  );
  return noun('deliveries', 'events on their way to subscriptions', [list, show, retry]);
}

function pathOf(id: string): string {
  return `/api/v1/deliveries/${encodeURIComponent(id)}`;
}
