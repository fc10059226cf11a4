// Faults that a deployment could have, each with what the comparison must say of it.
import type { ComposeService } from './compose-file';
import type { Deployment } from './deployment';

type Mutation = readonly [fault: string, mutate: (given: Deployment) => Deployment, finding: RegExp];

const inService =
  (name: string, change: (service: ComposeService) => Partial<ComposeService>) =>
  (given: Deployment): Deployment => {
    const service = given.compose.services[name]!;
    const services = { ...given.compose.services, [name]: { ...service, ...change(service) } };
    return { ...given, compose: { ...given.compose, services } };
  };
const withVariables = (name: string, variables: Readonly<Record<string, string>>) =>
  inService(name, ({ environment = {} }) => ({ environment: { ...environment, ...variables } }));
const without = (name: string, variable: string) =>
  inService(name, ({ environment = {} }) => ({
    environment: Object.fromEntries(Object.entries(environment).filter(([key]) => key !== variable)),
  }));
const inText =
  (
    part: 'dockerfile' | 'dockerignore' | 'envExample' | 'documentation' | 'serverTemplate',
    from: string,
    to: string,
  ) =>
  (given: Deployment): Deployment => ({ ...given, [part]: given[part].replace(from, to) });

const variables: readonly Mutation[] = [
  [
    'a misspelt variable',
    withVariables('api', { ODOO_PULL_INTERVALL_MS: '1' }),
    /api is given ODOO_PULL_INTERVALL_MS, which/,
  ],
  [
    'a variable that was forgotten',
    without('worker', 'JISR_SECRET_KEY'),
    /worker is not given JISR_SECRET_KEY/,
  ],
  [
    'a key for who needs none',
    withVariables('worker', { JISR_ADMIN_KEY: '${X:?x}' }),
    /worker is given JISR_ADMIN_KEY and has no use/,
  ],
  [
    'a password written out',
    withVariables('postgres', { POSTGRES_PASSWORD: 'secret' }),
    /postgres has POSTGRES_PASSWORD written out/,
  ],
  [
    'a password in a URL',
    withVariables('api', { DATABASE_URL: 'postgresql://jisr_app:pw@postgres:5432/jisr' }),
    /api has a password in DATABASE_URL/,
  ],
  [
    'a secret with a default',
    withVariables('api', { JISR_ADMIN_KEY: '${JISR_ADMIN_KEY:-admin}' }),
    /JISR_ADMIN_KEY has a default: admin/,
  ],
  [
    'a secret that nobody explains',
    withVariables('api', { JISR_ADMIN_KEY: '${JISR_ADMIN_KEY:?}' }),
    /JISR_ADMIN_KEY is required and nothing says/,
  ],
  [
    'an example without a variable',
    inText('envExample', 'ODOO_PULL_LIMIT', 'ODOO_PULL_LIMITS'),
    /does not name ODOO_PULL_LIMIT\n.*names ODOO_PULL_LIMITS, which/s,
  ],
  [
    'an example with a secret in it',
    inText('envExample', 'JISR_ADMIN_KEY=', 'JISR_ADMIN_KEY=admin'),
    /has a value for the secret JISR_ADMIN_KEY/,
  ],
  [
    'a variable that is not documented',
    inText('documentation', '`JISR_PUBLISH`', ''),
    /deployment.md does not name JISR_PUBLISH/,
  ],
];

const services: readonly Mutation[] = [
  [
    'an image that moves',
    inService('postgres', () => ({ image: 'postgres:latest' })),
    /postgres:latest has no exact tag/,
  ],
  [
    'an image of another version',
    inService('api', () => ({ image: 'jisr:9.9.9' })),
    /jisr:9.9.9 is not version/,
  ],
  [
    'a program that is never built',
    inService('worker', () => ({ command: ['node', 'dist/workers.js'] })),
    /dist\/workers.js` does not exist/,
  ],
  [
    'an API that is probed at another port',
    withVariables('api', { PORT: '8081' }),
    /probed at 8080 and listens at 8081/,
  ],
  ['an API that listens to itself only', withVariables('api', { HOST: '127.0.0.1' }), /listens at 127.0.0.1/],
  [
    'a probe that nobody answers',
    inService('api', () => ({ healthcheck: { test: ['CMD', 'curl', 'http://127.0.0.1:8080/health'] } })),
    /probed at \/health, which is no probe/,
  ],
  [
    'another port that is published',
    inService('api', () => ({ ports: ['127.0.0.1:8080:80'] })),
    /publishes 80, and listens at 8080/,
  ],
  [
    'a port for the whole world',
    inService('api', () => ({ ports: ['8080:8080'] })),
    /publishes 8080:8080 beyond this machine/,
  ],
  [
    'a published database',
    inService('postgres', () => ({ ports: ['127.0.0.1:5432:5432'] })),
    /postgres: publishes a port/,
  ],
  [
    'too little time to stop',
    inService('worker', () => ({ stop_grace_period: '10s' })),
    /worker: is killed after 10s/,
  ],
  [
    'a service that waits for no one',
    inService('api', () => ({ depends_on: { redis: { condition: 'service_healthy' } } })),
    /waits for redis, which is no service/,
  ],
  [
    'one that does not wait for health',
    inService('temporal', () => ({ depends_on: { postgres: { condition: 'service_started' } } })),
    /waits for postgres to be service_started/,
  ],
  [
    'a root that can be written to',
    inService('worker', () => ({ read_only: false })),
    /worker: its root can be written to/,
  ],
  [
    'a file that is not there',
    inService('api', () => ({ volumes: ['./jisr.yml:/etc/jisr/jisr.yaml:ro'] })),
    /mounts .\/jisr.yml, which is not there/,
  ],
  ['a single worker', inService('worker', () => ({ deploy: { replicas: 1 } })), /single point of failure/],
  [
    'a UI somewhere else',
    inService('temporal-ui', () => ({ ports: ['127.0.0.1:9000:8080'] })),
    /links to http:\/\/127.0.0.1:8233, and the UI is at 127.0.0.1:9000/,
  ],
];

const temporal: readonly Mutation[] = [
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

const image: readonly Mutation[] = [
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

export const MUTATIONS: readonly Mutation[] = [...variables, ...services, ...temporal, ...image];
