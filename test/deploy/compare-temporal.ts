// Do the Temporal server, its tables and the roles that use them agree in docker-compose.yml and deploy/?
import { SERVER_VERSION } from '../topology/temporal-build';
import { dummyEnvironment, resolve } from './compose-file';
import type { Deployment } from './deployment';

export function compareTemporal(deployment: Deployment): readonly string[] {
  return [...compareServer(deployment), ...compareDatabases(deployment), ...compareScripts(deployment)];
}

function compareServer({ compose, code, dynamicConfig, serverTemplate }: Deployment): readonly string[] {
  const findings: string[] = [];
  const wanted = Object.entries(code.embeddedDynamicConfig);
  for (const [key, value] of wanted) {
    const given = dynamicConfig[key]?.map((entry) => entry.value) ?? [];
    if (given.length !== 1 || given[0] !== value)
      findings.push(`dynamicconfig.yaml: ${key} is ${given.join()} and should be ${String(value)}`);
  }
  for (const key of Object.keys(dynamicConfig)) {
    if (!(key in code.embeddedDynamicConfig))
      findings.push(`dynamicconfig.yaml: the embedded server has no ${key}`);
  }
  const { temporal, 'temporal-schema': schema, 'temporal-namespace': namespace } = compose.services;
  if (temporal?.image !== `temporalio/server:${SERVER_VERSION.slice(1)}`)
    findings.push(`temporal: ${temporal?.image} is not the ${SERVER_VERSION} that is tested`);
  for (const { image = '' } of [schema ?? {}, namespace ?? {}]) {
    if (!image.startsWith(`temporalio/admin-tools:${SERVER_VERSION.slice(1)}-`))
      findings.push(`${image} is not of the server's version`);
  }
  const given = temporal?.environment ?? {};
  for (const [, name = '', fallback] of serverTemplate.matchAll(/env "(\w+)"( \| default)?/g)) {
    if (!(name in given) && fallback === undefined)
      findings.push(`server.yaml wants ${name}, which nobody sets`);
  }
  for (const name of Object.keys(given)) {
    if (!serverTemplate.includes(`env "${name}"`))
      findings.push(`temporal is given ${name}, which server.yaml never reads`);
  }
  const command = temporal?.command?.join(' ') ?? '';
  const [, root, config, env] = /--root (\S+) --config (\S+) --env (\S+) .*start$/.exec(command) ?? [];
  const files = [`${root}/${config}/${env}.yaml`, given['DYNAMIC_CONFIG_FILE_PATH'] ?? ''];
  const mounted = temporal?.volumes?.map((volume) => volume.split(':')) ?? [];
  for (const file of files) {
    const found = mounted.some(
      ([from, to]) => file.startsWith(`${to}/`) && code.exists(file.replace(`${to}`, `${from}`)),
    );
    if (!found) findings.push(`temporal reads ${file}, which is mounted from nowhere`);
  }
  const address = `temporal:${given['FRONTEND_GRPC_PORT']}`;
  for (const [name, { environment = {} }] of Object.entries(compose.services)) {
    const used = environment['TEMPORAL_ADDRESS'] ?? address;
    if (used !== address) findings.push(`${name} looks for Temporal at ${used}, which is at ${address}`);
    const space = environment['TEMPORAL_NAMESPACE'] ?? namespace?.environment?.['TEMPORAL_NAMESPACE'];
    if (space !== namespace?.environment?.['TEMPORAL_NAMESPACE'])
      findings.push(`${name} works in the namespace ${space}, which nobody makes`);
  }
  if (temporal?.healthcheck?.test.at(-1) !== given['FRONTEND_GRPC_PORT'])
    findings.push(`temporal is probed at ${temporal?.healthcheck?.test.at(-1)}`);
  return findings;
}

function compareDatabases({ compose, scripts, serverTemplate }: Deployment): readonly string[] {
  const findings: string[] = [];
  const made = scripts['deploy/postgres/create-databases.sh'] ?? '';
  const roles = new Map(
    [...made.matchAll(/create role (\w+) login password :'(\w+)'/g)].map(([, a = '', b = '']) => [a, b]),
  );
  const variables = new Map([...made.matchAll(/\\getenv (\w+) (\w+)/g)].map(([, a = '', b = '']) => [a, b]));
  const databases = new Map(
    [...made.matchAll(/create database (\w+) owner (\w+)/g)].map(([, a = '', b = '']) => [a, b]),
  );
  const isMade = (who: string, user: string, database: string, password: string) => {
    const variable = variables.get(roles.get(user) ?? '');
    if (databases.get(database) !== user) findings.push(`${who}: ${user} has no database ${database}`);
    if (compose.services['postgres']?.environment?.[variable ?? ''] !== password)
      findings.push(`${who}: the password of ${user} is another one than PostgreSQL is given`);
  };
  const env = { ...dummyEnvironment(compose), JISR_DB_PASSWORD: 'the-password' };
  for (const role of ['api', 'worker']) {
    const url = compose.services[role]?.environment?.['DATABASE_URL'] ?? '';
    const { username, pathname, host } = new URL(resolve(url, env));
    const password = /:\/\/\w+:(\$\{[^}]+\})@/.exec(url)?.[1] ?? '';
    isMade(role, username, pathname.slice(1), password);
    if (host !== 'postgres:5432') findings.push(`${role}: there is no database at ${host}`);
  }
  const names = [...serverTemplate.matchAll(/databaseName: (\w+)/g)].map(([, name = '']) => name);
  const updated = [...(scripts['deploy/temporal/update-schema.sh'] ?? '').matchAll(/^update (\w+) /gm)].map(
    ([, name = '']) => name,
  );
  if (names.join() !== updated.join())
    findings.push(`the server uses ${names.join()}, and ${updated.join()} are made`);
  for (const service of ['temporal', 'temporal-schema']) {
    const {
      SQL_HOST,
      SQL_PORT,
      SQL_USER = '',
      SQL_PASSWORD = '',
    } = compose.services[service]?.environment ?? {};
    if (`${SQL_HOST}:${SQL_PORT}` !== 'postgres:5432')
      findings.push(`${service}: no database at ${SQL_HOST}:${SQL_PORT}`);
    for (const name of names) isMade(service, SQL_USER, name, SQL_PASSWORD);
  }
  return findings;
}

/** Every variable of a script is given by the service that runs it. */
function compareScripts({ compose, scripts, code }: Deployment): readonly string[] {
  const findings: string[] = [];
  for (const [path, text] of Object.entries(scripts)) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    const runner = Object.entries(compose.services).find(([, { entrypoint = [], volumes = [] }]) =>
      [...entrypoint, ...volumes].some((part) => part.replace(/:ro$/, '').endsWith(`/${file}`)),
    );
    if (runner === undefined || !code.exists(path)) {
      findings.push(`nobody runs ${path}`);
      continue;
    }
    const [name, { environment = {} }] = runner;
    const wanted = [...text.matchAll(/\$([A-Z]\w+)|\\getenv \w+ (\w+)/g)].map(([, a, b]) => a ?? b ?? '');
    for (const variable of wanted) {
      if (!(variable in environment)) findings.push(`${path} wants ${variable}, which ${name} is not given`);
    }
  }
  return findings;
}
