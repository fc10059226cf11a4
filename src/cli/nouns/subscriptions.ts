// `jisr subscriptions …`: who wants which events, and where they go.
import type { Command } from 'commander';
import { agreed, perform, told } from '../act';
import type { CliIo } from '../io';
import { showList, understood } from '../lists';
import { withDryRun, withPages, withReason, withYes } from '../options';
import type { ActOptions, AskedActOptions, PageOptions } from '../options';
import { stateCell } from '../screen/words';
import { subscriptionShape, type Subscription } from '../shapes';
import { findSubscription, pathOf, SUBSCRIPTIONS } from '../subscription-place';
import { filterText, showSubscription } from '../subscription-view';
import { atDesk, noun, verb } from '../verb';
import { createSubscription, updateSubscription } from './subscription-changes';
import { testSubscription } from './subscription-test';

export function subscriptionsCommand(io: CliIo): Command {
  const list = withPages(verb('list', 'the subscriptions, and how their deliveries go')).action(
    atDesk(io, async (desk, pages: PageOptions) => {
      await showList(
        desk,
        {
          path: SUBSCRIPTIONS,
          plural: 'subscriptions',
          item: subscriptionShape,
          titles: ['NAME', 'STATUS', 'CIRCUIT', 'FAILURES', 'WANTS', 'URL', 'ID'],
          row: (one: Subscription) => [
            one.name,
            stateCell(one.status),
            stateCell(one.circuit),
            String(one.failures),
            filterText(one.filter),
            one.url,
            one.id,
          ],
          none: 'nobody has subscribed: `jisr subscriptions create <name> <url>`',
        },
        pages,
      );
    }),
  );
  const show = verb('show <name>', 'one subscription: its name or id').action(
    atDesk(io, async (desk, name: string) => {
      const answer = await findSubscription(desk, name);
      if (desk.isJson) desk.json(answer);
      else showSubscription(desk, understood(subscriptionShape, answer));
    }),
  );
  const remove = withYes(
    withDryRun(verb('delete <name>', 'it gets nothing more; what waits for it is discarded')),
  ).action(
    atDesk(io, async (desk, name: string, options: AskedActOptions) => {
      const { id, name: called } = understood(subscriptionShape, await findSubscription(desk, name));
      const what = `delete subscription ${called}`;
      const act = { what, method: 'DELETE', path: pathOf(id), on: pathOf(id) } as const;
      if (options.dryRun !== true) await agreed(desk, what, options.yes);
      const answer = await perform(desk, act, options);
      told(desk, answer === null ? null : { id, deleted: true }, () => `subscription ${called} is deleted`);
    }),
  );
  return noun('subscriptions', 'who wants which events, and where they go', [
    list,
    show,
    createSubscription(io),
    updateSubscription(io),
    remove,
    withReason(steering(io, 'pause', 'send it nothing; its events wait')),
    steering(io, 'resume', 'send again, at once what waits; also one that was disabled'),
    steering(io, 'rotate-secret', 'give it a new secret; the old one signs on for a day'),
    testSubscription(io),
  ]);
}

function steering(io: CliIo, act: 'pause' | 'resume' | 'rotate-secret', description: string): Command {
  return withDryRun(verb(`${act} <name>`, description)).action(
    atDesk(io, async (desk, name: string, options: ActOptions & { readonly reason?: string }) => {
      const { id, name: called } = understood(subscriptionShape, await findSubscription(desk, name));
      const on = pathOf(id);
      const body = options.reason === undefined ? {} : { body: { reason: options.reason } };
      const asked = {
        what: `${act} subscription ${called}`,
        method: 'POST',
        path: `${on}/${act}`,
        on,
      } as const;
      const answer = await perform(desk, { ...asked, ...body }, options);
      told(desk, answer, () => {
        const { status, secret } = understood(subscriptionShape, answer);
        const state = `subscription ${called} is ${status}`;
        return secret === undefined ? state : `${state}; its new secret, shown only now: ${secret}`;
      });
    }),
  );
}
