// Faults that the Temporal server's files and the Dockerfile could have.
import { inService, inText, withVariables, without, type Mutation } from './mutation';

export const TEMPORAL_MUTATIONS: readonly Mutation[] = [
  [
    'a setting of the server that is missing',
    (given) => ({ ...given, dynamicConfig: {} }),
    /matching.enableFairness is +and should be true/,
  ],
  [
    'another server than the tested one',
    inService('temporal', () => ({ image: 'temporalio/server:1.28.0' })),
    /is not the v1.29.1 that is tested/,
  ],
  [
    'a variable that the server does not read',
    withVariables('temporal', { POSTGRES_SEEDS: 'postgres' }),
    /POSTGRES_SEEDS, which server.yaml never reads/,
  ],
  ['a variable that the server misses', without('temporal', 'SQL_PORT'), /server.yaml wants SQL_PORT/],
  [
    'a configuration from nowhere',
    inService('temporal', () => ({ volumes: [] })),
    /server.yaml, which is mounted from nowhere/,
  ],
  [
    'a role with another password',
    withVariables('api', {
      DATABASE_URL: 'postgresql://jisr_app:${POSTGRES_PASSWORD:?x}@postgres:5432/jisr',
    }),
    /password of jisr_app is another one/,
  ],
  [
    'a database that nobody makes',
    inText('serverTemplate', 'databaseName: temporal\n', 'databaseName: temporals\n'),
    /temporal has no database temporals/,
  ],
  [
    'a worker in another namespace',
    withVariables('worker', { TEMPORAL_NAMESPACE: 'jisr' }),
    /the namespace jisr, which nobody makes/,
  ],
  [
    'a worker that looks elsewhere',
    withVariables('worker', { TEMPORAL_ADDRESS: 'temporal:7234' }),
    /looks for Temporal at temporal:7234/,
  ],
  [
    'a script without its variable',
    without('temporal-namespace', 'RETENTION'),
    /make-namespace.sh wants RETENTION/,
  ],
];

export const IMAGE_MUTATIONS: readonly Mutation[] = [
  [
    'a base image that moves',
    inText('dockerfile', 'node:20.19.5-bookworm-slim AS', 'node:20 AS'),
    /node:20 AS build is no exact image/,
  ],
  [
    'a COPY of nothing',
    inText('dockerfile', 'COPY src src', 'COPY source src'),
    /COPY source: there is none/,
  ],
  ['a context without the sources', inText('dockerignore', '!src', ''), /keeps src out/],
  ['a context with secrets', inText('dockerignore', '*', '#'), /lets everything in/],
  ['development packages', inText('dockerfile', 'RUN npm prune --omit=dev\n', ''), /the build is not/],
  ['an image that runs as root', inText('dockerfile', 'USER node', 'USER root'), /not run as the user node/],
  [
    'another command',
    inText('dockerfile', 'dist/api/server.js"]', 'dist/start.js"]'),
    /does not start the API/,
  ],
  ['a compiler in the image', inText('dockerfile', 'ca-certificates &&', 'golang &&'), /more than it needs/],
];
