// `jisr processing …`: of all sources at once. While it is paused, what comes is accepted and waits.
import type { Command } from 'commander';
import { z } from 'zod';
import { perform, told } from '../act';
import type { Desk } from '../desk';
import type { CliIo } from '../io';
import { understood } from '../lists';
import { withDryRun, withReason, type ActOptions } from '../options';
import { atDesk, noun, verb } from '../verb';

const PATH = '/api/v1/processing';
const shape = z.object({ state: z.string(), reason: z.string().nullable() });

export function processingCommand(io: CliIo): Command {
  const show = verb('show', 'whether it is paused, and why').action(
    atDesk(io, async (desk) => {
      tell(desk, await desk.client.get(PATH));
    }),
  );
  return noun('processing', 'taking events in hand, of all sources at once', [
    show,
    withReason(steering(io, 'pause', 'start nothing more; what comes is accepted and waits')),
    steering(io, 'resume', 'go on'),
  ]);
}

function steering(io: CliIo, act: 'pause' | 'resume', description: string): Command {
  return withDryRun(verb(act, description)).action(
    atDesk(io, async (desk, options: ActOptions & { readonly reason?: string }) => {
      const body = options.reason === undefined ? {} : { body: { reason: options.reason } };
      const what = `${act} processing`;
      tell(desk, await perform(desk, { what, method: 'POST', path: `${PATH}/${act}`, ...body }, options));
    }),
  );
}

function tell(desk: Desk, answer: Parameters<typeof told>[1]): void {
  told(desk, answer, () => {
    const { state, reason } = understood(shape, answer);
    return `processing is ${state}${reason === null ? '' : `: ${reason}`}`;
  });
}
