// What a check-up looks at outside of the store: each Odoo, Temporal, the disk.
import { statfs } from 'node:fs/promises';
import type { Looks } from '../api/doctor/looks';
import type { Config, PullConfig } from '../config';
import type { OdooFacts } from '../domain/checkups/odoo';
import { lookAtOdoo } from '../odoo/look';
import { lookAtTemporal } from '../temporal/look';
import type { TemporalSession } from '../temporal/session';
import { readVersion } from '../version';

export function createLooks(config: Config, session: TemporalSession): Looks {
  return {
    odoo: (name) => odooLook(config.sources.find((source) => source.name === name)?.pull ?? null),
    temporal: (workflowIds) => lookAtTemporal(session, workflowIds, Date.now),
    freeBytes: () => freeBytes(config),
    version: readVersion(),
  };
}

export function odooLook(pull: PullConfig | null): (() => Promise<OdooFacts>) | null {
  if (pull === null) return null;
  return () => lookAtOdoo({ baseUrl: pull.url, apiKey: pull.apiKey.reveal() }, Date.now);
}

async function freeBytes({ store, dataDir }: Config): Promise<number | null> {
  if (store.kind !== 'embedded') return null;
  // What the disk does not tell is not known; whether the store takes what is written is looked at anyway.
  const disk = await statfs(dataDir).catch(() => null);
  return disk === null ? null : disk.bavail * disk.bsize;
}
