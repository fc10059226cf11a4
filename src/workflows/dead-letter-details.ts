// What an operator reads in the Web UI about an event that needs a person: what failed, why, and what to press.
import type { EventToProcess } from '../contracts/workflows';
import type { DeadDelivery } from './deliveries';

export function deadLetterDetails(event: EventToProcess, dead: readonly DeadDelivery[]): string {
  return [
    `### Dead letter: ${event.operation} ${event.model} ${event.recordId}`,
    ...dead.map(
      ({ subscription, code, message }) => `- **${subscription}** (\`${code}\`): ${unlinked(message)}`,
    ),
    '',
    '**To try again:** mend the cause, then *Send a Signal* → `retry`.',
    '',
    '**To give up:** *Send a Signal* → `discard`, with `{"reason": "…"}` as input.',
    '',
    // The Web UI makes its frame too low by the outer margins and cuts off the end: let that be an empty line.
    NO_BREAK_SPACE,
  ].join('\n');
}

const NO_BREAK_SPACE = '\u00a0';

/** Otherwise the Web UI makes a link of an address and takes the colon behind it for a part of that. */
function unlinked(message: string): string {
  return message.replace(/https?:\/\/\S*[^\s:]/g, '`$&`');
}
