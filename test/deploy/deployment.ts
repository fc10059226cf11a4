// All files of a deployment, and what the code says of itself: what the comparisons compare.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DYNAMIC_CONFIG } from '../../src/temporal/dev-server-process';
import { readCompose, ROOT, type ComposeFile } from './compose-file';
import { knownVariables, type KnownVariables } from './known-variables';

export interface Deployment {
  readonly compose: ComposeFile;
  readonly dockerfile: string;
  readonly dockerignore: string;
  readonly envExample: string;
  readonly documentation: string;
  readonly serverTemplate: string;
  readonly dynamicConfig: Readonly<Record<string, readonly { readonly value: unknown }[]>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly code: {
    readonly known: KnownVariables;
    readonly embeddedDynamicConfig: Readonly<Record<string, unknown>>;
    readonly version: string;
    readonly dependencies: readonly string[];
    readonly shutdownForceSeconds: number;
    /** Of a path inside the repository. */
    readonly exists: (path: string) => boolean;
  };
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

export function readDeployment(): Deployment {
  const manifest = JSON.parse(read('package.json')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  return {
    compose: readCompose(),
    dockerfile: read('Dockerfile'),
    dockerignore: read('.dockerignore'),
    envExample: read('.env.example'),
    documentation: read('docs/deployment.md'),
    serverTemplate: read('deploy/temporal/server.yaml'),
    dynamicConfig: parse(read('deploy/temporal/dynamicconfig.yaml')) as Deployment['dynamicConfig'],
    scripts: Object.fromEntries(
      [
        'deploy/postgres/create-databases.sh',
        'deploy/temporal/update-schema.sh',
        'deploy/temporal/make-namespace.sh',
      ].map((path) => [path, read(path)]),
    ),
    code: {
      known: knownVariables(),
      embeddedDynamicConfig: DYNAMIC_CONFIG,
      version: manifest.version,
      dependencies: Object.keys(manifest.dependencies),
      shutdownForceSeconds: Number(
        /shutdownForceTime: '(\d+)s'/.exec(read('src/roles/worker-role.ts'))?.[1] ?? NaN,
      ),
      exists: (path) => existsSync(join(ROOT, path)),
    },
  };
}
