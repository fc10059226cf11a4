// `jisr subscriptions test`: sends a signed test webhook, and says what came of it. Exit code 1 when it did not arrive.
import type { Command } from 'commander';
import { z } from 'zod';
import { perform } from '../act';
import { holdOf } from '../holds';
import { CliExit, type CliIo } from '../io';
import { understood } from '../lists';
import { withDryRun, type ActOptions } from '../options';
import { subscriptionShape } from '../shapes';
import { findSubscription, pathOf } from '../subscription-place';
import { atDesk, verb } from '../verb';
import { asCommands } from '../wording';

const shape = z.object({
  delivered: z.boolean(),
  status: z.number().nullable(),
  duration_ms: z.number(),
  message: z.string().nullable(),
});

export function testSubscription(io: CliIo): Command {
  return withDryRun(verb('test <name>', 'send it a signed test webhook now')).action(
    atDesk(io, async (desk, name: string, options: ActOptions) => {
      const subscription = understood(subscriptionShape, await findSubscription(desk, name));
      const { id, name: called } = subscription;
      const on = pathOf(id);
      const act = { what: `test subscription ${called}`, method: 'POST', path: `${on}/test`, on } as const;
      const answer = await perform(desk, act, options);
      if (answer === null) return;
      if (desk.isJson) desk.json(answer);
      const { delivered, status, duration_ms: ms, message } = understood(shape, answer);
      if (!desk.isJson)
        desk.say(
          delivered
            ? `${called} took it: ${status ?? 'no status'} after ${ms} ms`
            : `${called} did not take it: ${asCommands(message ?? `status ${status ?? 'none'}`)}`,
        );
      if (!delivered) throw new CliExit(1);
      const hold = holdOf(desk, subscription);
      if (hold !== null) desk.note(hold);
    }),
  );
}
