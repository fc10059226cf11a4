import { createLab } from '../parts/lab';
import { POSTGRES, PGLITE } from '../parts/setups';
import { drainSeconds } from '../parts/drain-time';
async function main() {
  const lab = createLab({ profileFolder: process.env['PROF'] ?? null, onlySetup: null });
  const setup = process.env['ENGINE'] === 'pglite' ? PGLITE : POSTGRES;
  try {
    const odoo = await lab.odoo(1, false);
    const bridge = await lab.bridge(setup, { ...odoo.env, ODOO_PULL_LIMIT: '1000' });
    await bridge.pauseProcessing();
    await drainSeconds(bridge, odoo, 3000);
    for (let i = 0; i < 3; i++) console.log((10000 / (await drainSeconds(bridge, odoo, 10000))).toFixed(0));
  } finally { await lab.close(); }
}
void main().then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
