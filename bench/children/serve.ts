// How a child of the bench is asked: one message, one answer. It ends with whoever started it.
import { z } from 'zod';

export const question = z.object({ id: z.number(), call: z.string(), input: z.unknown() });
export const answer = z.union([
  z.object({ id: z.number(), value: z.unknown() }),
  z.object({ id: z.number(), error: z.string() }),
]);

/** Each call parses its own input. */
export type Calls = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

export function serve(calls: Calls): void {
  async function reply(message: unknown): Promise<void> {
    const { id, call, input } = question.parse(message);
    try {
      const made = calls[call];
      if (made === undefined) throw new Error(`there is no call "${call}"`);
      process.send?.({ id, value: await made(input) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  process.on('message', (message) => void reply(message));
  process.on('disconnect', () => process.exit());
}
