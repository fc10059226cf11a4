// `npm run topology`: the topology of docker-compose.yml without Docker, until Ctrl-C.
import { ADMIN_KEY, startTopology, whatIsMissing } from './topology';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function run(): Promise<void> {
  const missing = whatIsMissing();
  if (missing !== null) throw new Error(missing);
  const topology = await startTopology(say);
  topology.odoo.changeMany(50);
  say('');
  say(`API:             ${topology.api.url()}   (X-API-Key: ${ADMIN_KEY})`);
  say(`Temporal server: ${topology.temporalAddress}   (PostgreSQL)`);
  say(`simulated Odoo:  ${topology.odoo.url}   (50 changes)`);
  say('Ctrl-C ends it');
  await new Promise((resolve) => process.once('SIGINT', resolve));
  await topology.close();
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
