// What api and worker need when they run as processes of their own: a database and a Temporal server that
// both can reach. Embedded parts belong to one process.
import { ConfigError, type Config, type Secret } from '../config';
import type { Logger } from '../logger';
import { openStore, type Store } from '../store/database';
import { openSession, type TemporalSession } from '../temporal/session';
import { Closing } from './closing';
import { watchWorkflows } from './watch-workflows';

export interface SharedParts {
  readonly store: Store;
  readonly session: TemporalSession;
  /** Closes both, and stops watching; add to it what is to be closed before. */
  readonly closing: Closing;
}

/** @throws ConfigError when something is not configured that only the embedded start brings itself */
export async function openSharedParts(config: Config, log: Logger): Promise<SharedParts> {
  const { server, namespace } = config.temporal;
  if (config.store.kind !== 'postgres' || server.kind !== 'external') {
    throw new ConfigError([
      ...(config.store.kind === 'postgres'
        ? []
        : [missing('DATABASE_URL', 'the URL of a PostgreSQL that both share')]),
      ...(server.kind === 'external'
        ? []
        : [missing('TEMPORAL_ADDRESS', 'the address of a Temporal server')]),
    ]);
  }
  const closing = new Closing();
  try {
    const store = await openStore({ engine: 'postgres', url: config.store.url.reveal() }, (error) => {
      log.warn({ err: error }, 'a connection to the database broke');
    });
    closing.add(() => store.close());
    const session = await openSession({ namespace, options: server.connectionOptions.reveal() }, log);
    closing.add(() => session.close());
    closing.add(await watchWorkflows(session, config, log));
    return { store, session, closing };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** @throws ConfigError without one: only the embedded start makes a key itself */
export function requiredAdminKey(config: Config): Secret {
  if (config.adminKey !== null) return config.adminKey;
  throw new ConfigError([
    missing('JISR_ADMIN_KEY', 'the key of the HTTP interface, e.g. from `openssl rand -hex 32`'),
  ]);
}

/** @throws ConfigError without one: api and worker must have the same */
export function requiredSecretKey(config: Config): Secret {
  if (config.deliveries.secretKey !== null) return config.deliveries.secretKey;
  throw new ConfigError([
    missing(
      'JISR_SECRET_KEY',
      'the key that encrypts the secrets of subscriptions, e.g. from `openssl rand -hex 32`',
    ),
  ]);
}

function missing(where: string, expected: string) {
  return {
    where,
    found: 'nothing',
    expected: `${expected} (api and worker run apart; \`npm start\` needs none)`,
  };
}
