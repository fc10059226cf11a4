// Do docker-compose.yml, .env.example and the documentation name what the configuration reads, and nothing else?
import { loadConfig, type Config, type Environment } from '../../src/config';
import { dummyEnvironment, placeholdersOf, resolve } from './compose-file';
import type { Deployment } from './deployment';

const ROLES = ['api', 'worker'] as const;
/** Belongs to the embedded start, to the command line, or to a Temporal server other than the one in compose. */
const NOT_IN_COMPOSE =
  /^(JISR_DATA_DIR|JISR_URL|JISR_API_KEY|TEMPORAL_CLI_PATH|TEMPORAL_API_KEY|TEMPORAL_TLS.*)$/;
const OF_ONE_ALONE: Readonly<Record<string, string>> = {
  JISR_ADMIN_KEY: 'api',
  HOST: 'api',
  PORT: 'api',
  JISR_METRICS_HOST: 'worker',
  JISR_METRICS_PORT: 'worker',
};

export function compareVariables({
  compose,
  envExample,
  documentation,
  code,
}: Deployment): readonly string[] {
  const { all, server, secrets } = code.known;
  const findings: string[] = [];
  for (const role of ROLES) {
    const given = Object.keys(compose.services[role]?.environment ?? {});
    for (const name of given) {
      if (!server.has(name)) findings.push(`${role} is given ${name}, which the configuration never reads`);
    }
    for (const name of server) {
      const wanted = !NOT_IN_COMPOSE.test(name) && (OF_ONE_ALONE[name] ?? role) === role;
      if (wanted && !given.includes(name)) findings.push(`${role} is not given ${name}`);
      if (!wanted && given.includes(name)) findings.push(`${role} is given ${name} and has no use for it`);
    }
  }

  const placeholders = placeholdersOf(compose.services);
  const example = [...envExample.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => ({
      name,
      value,
    }),
  );
  const exampleNames = example.map(({ name }) => name);
  const wanted = new Set([...all, ...placeholders.map(({ name }) => name)]);
  for (const name of wanted) {
    if (!exampleNames.includes(name)) findings.push(`.env.example does not name ${name}`);
    if (!documentation.includes(`\`${name}\``)) findings.push(`docs/deployment.md does not name ${name}`);
  }
  for (const name of exampleNames) {
    if (!wanted.has(name)) findings.push(`.env.example names ${name}, which nobody reads`);
  }
  for (const name of exampleNames.filter((each, place) => exampleNames.indexOf(each) !== place)) {
    findings.push(`.env.example names ${name} twice`);
  }

  const isSecret = (name: string) => secrets.has(name) || /PASSWORD|_KEY$/.test(name);
  for (const { name, value } of example) {
    if (isSecret(name) && value !== '') findings.push(`.env.example has a value for the secret ${name}`);
  }
  for (const { name, required, text } of placeholders) {
    if (isSecret(name) && !required && text !== '') findings.push(`${name} has a default: ${text}`);
    if (required && text === '') findings.push(`${name} is required and nothing says how to set it`);
  }
  for (const [service, { environment = {} }] of Object.entries(compose.services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (isSecret(name) && !value.includes('${')) findings.push(`${service} has ${name} written out`);
      if (/:\/\/[^/@:$]*:(?!\$\{)[^/@]*@/.test(value)) findings.push(`${service} has a password in ${name}`);
    }
  }
  return findings;
}

/** What each role reads there, with a dummy for each secret. @throws ConfigError */
export function configOf({ compose }: Deployment, role: (typeof ROLES)[number]): Config {
  return loadConfig(environmentOf(compose, role), '/nonexistent');
}

function environmentOf(compose: Deployment['compose'], role: string): Environment {
  const { JISR_CONFIG, ...environment } = compose.services[role]?.environment ?? {};
  return {
    ...resolve(environment, dummyEnvironment(compose)),
    JISR_CONFIG: repositoryPath(compose, role, JISR_CONFIG),
  };
}

/** Where a file of the container lies in the repository. */
export function repositoryPath(compose: Deployment['compose'], role: string, path = ''): string {
  for (const volume of compose.services[role]?.volumes ?? []) {
    const [from = '', to = ''] = volume.split(':');
    if (path === to || path.startsWith(`${to}/`)) return `${process.cwd()}/${from}${path.slice(to.length)}`;
  }
  return path;
}
