// Finds a subscription by its id or its name.
import type { JsonObject } from './client';
import type { Desk } from './desk';
import { CliFailure } from './io';
import { readPages } from './lists';

export const SUBSCRIPTIONS = '/api/v1/subscriptions';

export function pathOf(id: string): string {
  return `${SUBSCRIPTIONS}/${encodeURIComponent(id)}`;
}

export async function findSubscription(desk: Pick<Desk, 'client'>, nameOrId: string): Promise<JsonObject> {
  if (nameOrId.startsWith('sub_')) return desk.client.get(pathOf(nameOrId));
  const { items } = await readPages(desk, { path: SUBSCRIPTIONS, plural: 'subscriptions' }, { all: true });
  const found = items.find(({ name }) => name === nameOrId);
  if (found !== undefined) return found;
  const names = items.map(({ name }) => String(name));
  const known = names.length === 0 ? 'there are none yet' : `there are ${names.slice(0, 20).join(', ')}`;
  throw new CliFailure(`no subscription is called "${nameOrId}": ${known}`);
}
