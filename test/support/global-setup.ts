// Starts what all suites share: one PostgreSQL, one Temporal server, one workflow bundle. A suite makes its
// own database and its own namespace on them.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { DevServer } from '../../src/temporal/dev-server';
import { startTestServer } from '../temporal-server';
import { findPostgres, HOW_TO_INSTALL, startPostgres, type Postgres } from './postgres';

declare global {
  var jisrShared: { postgres: Postgres | null; temporal: DevServer; folder: string } | undefined;
}

export default async function globalSetup(): Promise<void> {
  const [postgres, temporal, folder] = await Promise.all([startPostgresIfAny(), startTestServer(), bundle()]);
  globalThis.jisrShared = { postgres, temporal, folder };
  if (postgres !== null) process.env['JISR_TEST_POSTGRES_URL'] = postgres.url;
  process.env['JISR_TEST_TEMPORAL'] = temporal.address;
  process.env['JISR_TEST_BUNDLE'] = join(folder, 'workflow-bundle.js');
}

async function startPostgresIfAny(): Promise<Postgres | null> {
  const bin = findPostgres();
  if (bin !== null) return startPostgres(bin);
  process.stderr.write(`\n*** SKIPPED: everything on PostgreSQL. ${HOW_TO_INSTALL}. ***\n\n`);
  return null;
}

async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-bundle-'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../../src/workflows/index.ts'),
    workflowInterceptorModules: [join(__dirname, '../../src/workflows/trace-interceptors.ts')],
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(folder, 'workflow-bundle.js'), code);
  return folder;
}
