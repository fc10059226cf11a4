// What `jisr doctor` runs when no api answers: a check-up by the configuration, as JSON on standard output.
import { ConfigError, loadConfig } from './config';
import { createLogger } from './logger';
import { fail, type Finding } from './domain/checkups/finding';
import { checkUpApart } from './roles/checkup-apart';
import { installRuntime } from './temporal/session';

async function findings(): Promise<readonly Finding[]> {
  try {
    const config = loadConfig();
    installRuntime(createLogger({ level: 'silent' }));
    return await checkUpApart(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, found, expected }) =>
      fail('configuration', where, `found ${found}`, `expected ${expected}`),
    );
  }
}

void findings().then((checks) => {
  // The SDK's native runtime would keep the process alive.
  process.stdout.write(JSON.stringify(checks), () => process.exit(0));
});
