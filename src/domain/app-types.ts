// The apps that pull for themselves, and the models that each is about.
import { matchesPattern } from './name-pattern';

/** By the name of the app, patterns as `sale.*`. */
export type AppTypes = ReadonlyMap<string, readonly string[]>;

/** The five that Odoo itself knows. */
export const USUAL_APP_TYPES: AppTypes = new Map([
  ['sales_app', ['sale.*', 'crm.*', 'res.partner*', 'product.*', 'account.move*', 'account.payment*']],
  ['delivery_app', ['stock.picking*', 'stock.move*', 'delivery.*', 'sale.order*', 'res.partner*']],
  ['warehouse_app', ['stock.*', 'product.*', 'purchase.*', 'mrp.*', 'uom.*']],
  ['manager_app', ['*']],
  ['mobile_app', ['*']],
]);

/** Whether an app is about a model; with a filter, which may hold patterns too, only if that fits as well. */
export function isWanted(
  model: string,
  patterns: readonly string[],
  filter: readonly string[] | null,
): boolean {
  const fits = (pattern: string) => matchesPattern(pattern, model);
  return patterns.some(fits) && (filter === null || filter.some(fits));
}

/** It needs no look at the models. */
export function wantsAll(patterns: readonly string[], filter: readonly string[] | null): boolean {
  return filter === null && patterns.includes('*');
}
