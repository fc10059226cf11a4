// The variables that the configuration reads, from the code itself: it is run, and what it asks for is noted.
import { ConfigError, loadClientConfig, loadConfig, type Environment } from '../../src/config';

export interface KnownVariables {
  /** Without the `…_FILE` of secrets. */
  readonly all: ReadonlySet<string>;
  readonly server: ReadonlySet<string>;
  /** Those that may come as `<NAME>_FILE` too. */
  readonly secrets: ReadonlySet<string>;
}

export function knownVariables(): KnownVariables {
  const server = askedBy((env) => loadConfig(env, '/nonexistent'));
  const client = askedBy((env) => loadClientConfig(env, '/nonexistent'));
  const asked = [...server, ...client];
  const isFileOfSecret = (name: string) => name.endsWith('_FILE') && asked.includes(name.slice(0, -5));
  return {
    all: new Set(asked.filter((name) => !isFileOfSecret(name))),
    server: new Set([...server].filter((name) => !isFileOfSecret(name))),
    secrets: new Set(asked.filter(mayComeAsFile)),
  };
}

/** A file that is missing is refused by the settings that would have read it. */
function mayComeAsFile(name: string): boolean {
  const env = { [`${name}_FILE`]: '/nonexistent/secret' };
  return [loadConfig, loadClientConfig].some((load) => {
    try {
      load(env, '/nonexistent');
      return false;
    } catch (error) {
      return error instanceof ConfigError && error.problems.some(({ where }) => where === `${name}_FILE`);
    }
  });
}

/** With an empty environment every setting is asked for: none depends on another one's value. */
function askedBy(load: (env: Environment) => unknown): ReadonlySet<string> {
  const asked = new Set<string>();
  load(
    new Proxy<Environment>(
      {},
      {
        get: (_, name) => {
          asked.add(String(name));
          return undefined;
        },
      },
    ),
  );
  return asked;
}
