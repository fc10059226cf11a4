import { createLab } from '../parts/lab';
import { Pusher } from '../parts/pusher';
import { POSTGRES, PGLITE } from '../parts/setups';
async function main() {
  const lab = createLab({ profileFolder: process.env['PROF'] ?? null, onlySetup: null });
  const setup = process.env['ENGINE'] === 'pglite' ? PGLITE : POSTGRES;
  try {
    const pusher = new Pusher(lab.outside(), 1);
    const bridge = await lab.bridge(setup);
    await pusher.push(bridge, { count: 300, clients: 5 });
    await bridge.processed(300);
    for (let i = 0; i < 2; i++) {
      const on = await pusher.pushAtRate(bridge, 20, 8);
      await bridge.pauseProcessing();
      const off = await pusher.pushAtRate(bridge, 20, 8);
      await bridge.resumeProcessing();
      await bridge.processed(300 + 320 * (i + 1));
      console.log('on', on.p50Ms.toFixed(2), on.p99Ms.toFixed(1), 'paused', off.p50Ms.toFixed(2), off.p99Ms.toFixed(1));
    }
  } finally { await lab.close(); }
}
void main().then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
