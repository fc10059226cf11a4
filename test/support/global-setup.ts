// Starts what all suites share: one PostgreSQL. A suite makes its own database on it.
import { findPostgres, HOW_TO_INSTALL, startPostgres, type Postgres } from './postgres';

declare global {
  var jisrPostgres: Postgres | undefined;
}

export default async function globalSetup(): Promise<void> {
  const bin = findPostgres();
  if (bin === null) {
    process.stderr.write(`\n*** SKIPPED: everything on PostgreSQL. ${HOW_TO_INSTALL}. ***\n\n`);
    return;
  }
  globalThis.jisrPostgres = await startPostgres(bin);
  process.env['JISR_TEST_POSTGRES_URL'] = globalThis.jisrPostgres.url;
}
