// What docker-compose.yml says, for processes without Docker: its names and paths become addresses and folders
// of this machine. Nothing else is changed, so that what runs here is what runs there.
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { required } from '../../src/domain/required';
import { dummyEnvironment, readCompose, resolve, ROOT, type ComposeService } from '../deploy/compose-file';
import type { TemporalPrograms } from './temporal-build';

export interface Native {
  /** Of the service, for this machine. */
  readonly environment: (service: string) => Record<string, string>;
  readonly command: (service: string) => readonly string[];
  readonly probe: (service: string) => readonly string[];
  /** Runs a program or a script to its end. @throws Error with its last words when it fails */
  readonly run: (command: readonly string[], env: Readonly<Record<string, string>>) => Promise<string>;
}

export interface Places {
  readonly folder: string;
  readonly programs: TemporalPrograms;
  /** Folders that hold `psql` and `temporal`. */
  readonly path: readonly string[];
  readonly postgresPort: number;
  readonly temporalPort: number;
  /** Given to Compose, as `.env` would. */
  readonly variables: Readonly<Record<string, string>>;
}

export function natively({ folder, programs, path, postgresPort, temporalPort, variables }: Places): Native {
  const compose = readCompose();
  const { services } = resolve(compose, { ...dummyEnvironment(compose), ...variables });
  const root = join(folder, 'etc-temporal');
  mkdirSync(root, { recursive: true });
  symlinkSync(join(ROOT, 'deploy/temporal'), join(root, 'jisr'));

  const whole: Readonly<Record<string, string>> = {
    postgres: '127.0.0.1',
    '5432': String(postgresPort),
    '7233': String(temporalPort),
    '8080': '0',
    '9464': '0',
    '0.0.0.0': '127.0.0.1',
  };
  const parts = [
    ['/etc/temporal/schema/postgresql/v12', programs.schemaDir],
    ['/etc/temporal', root],
    ['/etc/jisr', join(ROOT, 'deploy/jisr')],
    ['postgres:5432', `127.0.0.1:${postgresPort}`],
    ['temporal:7233', `127.0.0.1:${temporalPort}`],
  ] as const;
  const here = (text: string): string =>
    whole[text] ?? parts.reduce((changed, [there, place]) => changed.replaceAll(there, place), text);
  const service = (name: string): ComposeService => required(services[name], `the service ${name}`);
  const searched = [programs.folder, ...path, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);

  return {
    environment: (name) => ({
      PATH: searched,
      ...Object.fromEntries(
        Object.entries(service(name).environment ?? {}).map(([key, value]) => [key, here(value)]),
      ),
    }),
    command: (name) => [...(service(name).entrypoint ?? []), ...(service(name).command ?? [])].map(here),
    probe: (name) => (service(name).healthcheck?.test.slice(1) ?? []).map(here),
    run: (command, env) => runToItsEnd(command, { HOME: folder, ...env }),
  };
}

function runToItsEnd(command: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (output += text.toString()));
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done(output);
      else fail(new Error(`${command.join(' ')} ended with ${code}:\n${output.slice(-2_000)}`));
    });
  });
}
