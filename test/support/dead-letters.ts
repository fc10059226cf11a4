// A dead letter as its run knows it.
import type { Client } from '@temporalio/client';
import { eventQuery } from '../../src/contracts/messages';
import { eventually } from './bridge';

/** Its row is a dead letter a moment before its run knows, which takes signals only then. */
export async function runIsDeadLetter(client: Client, key: string): Promise<void> {
  await eventually(async () => {
    const { status } = await client.workflow.getHandle(key).query(eventQuery);
    if (status !== 'dead_letter') throw new Error(`the run of ${key} says ${status}`);
  }, 30_000);
}
