// A check-up by the configuration alone, for when no api answers: of what can be reached from here. Changes nothing,
// takes no lock and starts nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decrypts } from '../api/doctor/checkup';
import { lookAtEvents, lookAtSource, lookAtSubscriptions, lookedAt } from '../api/doctor/areas';
import { createAddressGuard } from '../channels/webhook/address-guard';
import type { Config, TemporalConfig } from '../config';
import { DISPATCH_WORKFLOW_ID, pullWorkflowId } from '../contracts/names';
import { fail, ok, warn, type Finding } from '../domain/checkups/finding';
import { storeFindings } from '../domain/checkups/store';
import { temporalFindings } from '../domain/checkups/temporal';
import { lockHolder } from '../data-folder/pid-lock';
import { lookAtStore, withPostgres } from '../store/look';
import { createSecretBox } from '../store/secret-box';
import { lookAtServer } from '../temporal/look';
import { odooLook } from './looks';
import { pullingSources } from './sources';

export async function checkUpApart(config: Config): Promise<readonly Finding[]> {
  const areas = await Promise.all([
    lookedAt('store', () => storeArea(config)),
    lookedAt('temporal', () => temporalArea(config.temporal, config)),
    ...config.sources.map((source) =>
      lookedAt(`odoo ${source.name}`, () => {
        const { name, pull, push, sharedEventIds } = source;
        const settings = { name, pulls: pull !== null, takesPushes: push !== null, sharedEventIds };
        return lookAtSource(settings, odooLook(pull), null);
      }),
    ),
  ]);
  return [ok('configuration', 'readable', config.configFile ?? 'from the environment'), ...areas.flat()];
}

async function storeArea(config: Config): Promise<readonly Finding[]> {
  const { store, deliveries } = config;
  if (store.kind === 'embedded') return [folderFinding(config)];
  const box = deliveries.secretKey === null ? null : createSecretBox(deliveries.secretKey.reveal());
  return withPostgres(store.url.reveal(), async (db) => {
    const found = storeFindings(await lookAtStore(db, 'postgres', null));
    if (found.some(({ name, level }) => name === 'migrations' && level !== 'ok')) return found;
    const guard = createAddressGuard(deliveries.allowCidrs);
    const events = await lookAtEvents(db);
    return [
      ...found,
      ...events,
      ...(await lookAtSubscriptions(db, guard, box === null ? () => true : decrypts(box))),
    ];
  });
}

/** The embedded store belongs to one process: it is looked at through that one only. */
function folderFinding({ dataDir }: Config): Finding {
  if (!existsSync(dataDir)) {
    const hint = 'start Jisr (`jisr start`), or set JISR_DATA_DIR to where it keeps its folder';
    return fail('store', 'embedded', `there is no data folder ${dataDir}`, hint);
  }
  const holder = lockHolder(join(dataDir, 'lock'));
  if (holder === null)
    return fail('store', 'embedded', `no process has the data folder ${dataDir}`, 'start Jisr: `jisr start`');
  const hint = 'it says where its API is when it starts (PORT, HOST): set JISR_URL to that';
  return warn('store', 'embedded', `process ${holder.pid} has the data folder ${dataDir}`, hint);
}

async function temporalArea(
  { server, namespace }: TemporalConfig,
  config: Config,
): Promise<readonly Finding[]> {
  if (server.kind === 'embedded') return [ok('temporal', 'embedded', 'starts with Jisr')];
  const target = { namespace, options: server.connectionOptions.reveal() };
  const runs = pullingSources(config).map(({ name, isFirst }) => pullWorkflowId(name, isFirst));
  return temporalFindings(await lookAtServer(target, [DISPATCH_WORKFLOW_ID, ...runs], Date.now));
}
