import { createLab } from '../parts/lab';
import { Pusher } from '../parts/pusher';
import { openPlainRoute } from '../parts/plain-route';
import { POSTGRES, PGLITE } from '../parts/setups';
async function main() {
  const lab = createLab({ profileFolder: process.env['PROF'] ?? null, onlySetup: null });
  const setup = process.env['ENGINE'] === 'pglite' ? PGLITE : POSTGRES;
  try {
    const pusher = new Pusher(lab.outside(), 1);
    const plain = await openPlainRoute(lab, setup);
    const bridge = await lab.bridge(setup, true ? { NODE_OPTIONS: process.env['NO'] ?? '', MAXR: process.env['MAXR'] ?? '1' } : {});
    if (process.env['ON'] !== '1') await bridge.pauseProcessing();
    await pusher.pushPlain(plain.url, { count: 500, clients: 20 });
    await pusher.push(bridge, { count: 500, clients: 20 });
    for (const clients of (process.env['CLIENTS'] ?? '1,5,10,20,50,20,50').split(',').map(Number)) {
      const count = clients === 1 ? 500 : 2000;
      const y = await pusher.pushPlain(plain.url, { count, clients });
      const x = await pusher.push(bridge, { count, clients });
      console.log(clients, 'plain', y.p50Ms.toFixed(2), y.perSecond.toFixed(0), 'jisr', x.p50Ms.toFixed(2), x.p99Ms.toFixed(1), x.perSecond.toFixed(0), 'ratio', (x.perSecond / y.perSecond).toFixed(2));
      if (process.env['ON'] === '1') { const t=Date.now(); await bridge.processed(0); const all = await bridge.states(); void all; await bridge.processed(500); let p; do { p = await bridge.states(); await new Promise(r=>setTimeout(r,100)); } while ((p['pending']??0)+(p['processing']??0) > 0); console.log('  drained after', Date.now()-t); }
    }
    if (process.env['HOLD']) await new Promise((r) => setTimeout(r, 1e9));
  } finally { await lab.close(); }
}
void main().then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
