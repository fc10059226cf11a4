// Lets Odoo have new rows, and measures until the bridge has them all committed and marked.
import type { Bridge } from './bridge';
import type { OdooProcess } from './simulator';
import { until } from './until';

/** From the arrival of the first pull that is served rows. */
export async function drainSeconds(bridge: Bridge, odoo: OdooProcess, rows: number): Promise<number> {
  const startMs = Date.now();
  // All at one moment: no poll can come while they are made.
  await odoo.change(rows);
  await bridge.call('POST', 'sources/main/pull');
  await until(async () => (await odoo.openRows()) === 0, { what: `${rows} rows marked`, everyMs: 20 });
  const endMs = Date.now();
  return (endMs - (await odoo.firstServedMs(startMs))) / 1000;
}
