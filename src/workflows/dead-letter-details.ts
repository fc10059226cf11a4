// What an operator reads in the Web UI about an event that needs a person: what failed, why, and what to press.
import type { EventToProcess } from '../contracts/workflows';
import type { DeadDelivery } from './deliveries';

export function deadLetterDetails(event: EventToProcess, dead: readonly DeadDelivery[]): string {
  return [
    `### Dead letter: ${event.operation} ${event.model} ${event.recordId}`,
    ...dead.map(({ subscription, code, message }) => `- **${subscription}** (\`${code}\`): ${message}`),
    '',
    '**To try again:** mend the cause, then *Send a Signal* → `retry`.',
    '',
    '**To give up:** *Send a Signal* → `discard`, with `{"reason": "…"}` as input.',
  ].join('\n');
}
