// Faults that docker-compose.yml and what says its variables could have.
import { inService, inText, withVariables, without, type Mutation } from './mutation';

export const VARIABLE_MUTATIONS: readonly Mutation[] = [
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

export const SERVICE_MUTATIONS: readonly Mutation[] = [
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
  [
    'a file that may be written to',
    inService('prometheus', () => ({ volumes: ['./deploy/prometheus:/etc/prometheus'] })),
    /prometheus: may write to .\/deploy\/prometheus/,
  ],
  [
    'a secret that nobody gives',
    inService('prometheus', () => ({ secrets: ['metrics'] })),
    /is given the secret metrics, which is not there/,
  ],
  ['a single worker', inService('worker', () => ({ deploy: { replicas: 1 } })), /single point of failure/],
  [
    'a UI somewhere else',
    inService('temporal-ui', () => ({ ports: ['127.0.0.1:9000:8080'] })),
    /links to http:\/\/127.0.0.1:8233, and the UI is at 127.0.0.1:9000/,
  ],
];
