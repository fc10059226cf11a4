// docker-compose.yml as Compose sees it: merged, and with its variables put in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(__dirname, '../..');

export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly secrets?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly init?: boolean;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas?: number };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly secrets?: Readonly<Record<string, { readonly environment: string }>>;
}

/** One `${…}`: with `required`, Compose refuses to start without it and says `text`; else `text` is the default. */
export interface Placeholder {
  readonly name: string;
  readonly required: boolean;
  readonly text: string;
}

const PLACEHOLDER = /\$\$|\$\{([A-Za-z_]\w*)(?:(:\?|:-)([^}]*))?\}|\$([A-Za-z_]\w*)/g;

/** Unresolved. Extension fields (`x-…`) have done their work as anchors. */
export function readCompose(file = join(ROOT, 'docker-compose.yml')): ComposeFile {
  return parse(readFileSync(file, 'utf8'), { merge: true }) as ComposeFile;
}

export function placeholdersOf(value: unknown): readonly Placeholder[] {
  return [...JSON.stringify(value).matchAll(PLACEHOLDER)].flatMap(([whole, name, kind, text, bare]) => {
    if (whole === '$$') return [];
    return [{ name: name ?? bare ?? '', required: kind === ':?', text: text ?? '' }];
  });
}

/** A copy with the variables put in, as Compose does it. @throws Error where a required one is missing */
export function resolve<T>(value: T, env: Readonly<Record<string, string>>): T {
  if (typeof value === 'string') return resolveText(value, env) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => resolve(item, env)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, env)])) as T;
}

function resolveText(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(PLACEHOLDER, (whole, name?: string, kind?: string, rest?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const variable = name ?? bare ?? '';
    const value = env[variable] ?? '';
    if (value !== '') return value;
    if (kind === ':?') throw new Error(`required variable ${variable} is missing a value: ${rest ?? ''}`);
    return rest ?? '';
  });
}

/** A value for everything that Compose asks for. */
export function dummyEnvironment(compose: ComposeFile): Readonly<Record<string, string>> {
  const required = placeholdersOf(compose).filter((placeholder) => placeholder.required);
  return {
    ...Object.fromEntries(required.map(({ name }) => [name, `dummy-${name.toLowerCase()}-0123456789`])),
    ODOO_URL: 'http://odoo.test:8069',
  };
}
