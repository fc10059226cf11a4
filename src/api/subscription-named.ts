// The subscription that a filter names, by id or by name. Never takes one that is not there for none asked.
import type { Database } from '../store/database';
import { subscriptionIdOf } from '../store/deliveries/list';
import { Problem } from './problem';

/** @throws Problem 404 */
export async function subscriptionNamed(db: Database, idOrName: string): Promise<string> {
  const id = await subscriptionIdOf(db, idOrName);
  if (id !== null) return id;
  const howToFind = 'GET /api/v1/subscriptions lists them';
  throw new Problem(404, `no subscription has the id or name "${idOrName}": ${howToFind}`);
}
