// What api and worker need when they run as processes of their own: a database and a Temporal server that
// both can reach. Embedded parts belong to one process.
import { ConfigError, type Config, type ConfigProblem, type Secret } from '../config';
import type { Logger } from '../logger';
import { openStore, type Store } from '../store/database';
import { openSession, type TemporalSession } from '../temporal/session';
import { Closing } from './closing';
import { plantSeeds } from './seeds';
import { watchWorkflows } from './watch-workflows';

export interface SharedParts {
  readonly store: Store;
  readonly session: TemporalSession;
  /** Encrypts the secrets of subscriptions: api and worker must have the same. */
  readonly secretKey: Secret;
  /** Closes both, and stops watching; add to it what is to be closed before. */
  readonly closing: Closing;
}

/** @throws ConfigError with all that is not configured and that only the embedded start brings itself */
export async function openSharedParts(
  config: Config,
  log: Logger,
  role: 'api' | 'worker',
): Promise<SharedParts> {
  const { server, namespace } = config.temporal;
  const { secretKey } = config.deliveries;
  if (
    config.store.kind !== 'postgres' ||
    server.kind !== 'external' ||
    secretKey === null ||
    (role === 'api' && config.adminKey === null)
  )
    throw new ConfigError(missingApart(config, role));
  const closing = new Closing();
  try {
    const store = await openStore({ engine: 'postgres', url: config.store.url.reveal() }, log);
    closing.add(() => store.close());
    await plantSeeds(store.db, config.subscriptions, secretKey);
    const session = await openSession({ namespace, options: server.connectionOptions.reveal() }, log);
    closing.add(() => session.close());
    closing.add(await watchWorkflows(session, config, log, store.db));
    return { store, session, secretKey, closing };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** What this role lacks when it runs apart; nothing when it can start. */
export function missingApart(config: Config, role: 'api' | 'worker'): readonly ConfigProblem[] {
  const needs: readonly (readonly [isThere: boolean, where: string, expected: string])[] = [
    [config.store.kind === 'postgres', 'DATABASE_URL', 'the URL of a PostgreSQL that both share'],
    [config.temporal.server.kind === 'external', 'TEMPORAL_ADDRESS', 'the address of a Temporal server'],
    [
      config.deliveries.secretKey !== null,
      'JISR_SECRET_KEY',
      'the key that encrypts the secrets of subscriptions, the same for both, e.g. from `openssl rand -hex 32`',
    ],
    [
      role === 'worker' || config.adminKey !== null,
      'JISR_ADMIN_KEY',
      'the key of the HTTP interface, e.g. from `openssl rand -hex 32`',
    ],
  ];
  return needs.flatMap(([isThere, where, expected]) =>
    isThere
      ? []
      : [
          {
            where,
            found: 'nothing',
            expected: `${expected} (api and worker run apart; \`npm start\` needs none)`,
          },
        ],
  );
}
