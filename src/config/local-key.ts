// The key of a Jisr that is configured, or keeps its folder, where the command line runs: what `npm start` made,
// or what the container has. Never makes one, and never complains about the rest of the configuration.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Secret } from './secret';
import { type Environment, SettingReader } from './setting-reader';
import { text } from './values';
import { NO_YAML_FILE, readYamlFile } from './yaml-file';

export interface LocalKey {
  readonly key: Secret;
  /** For people: the variable, or the path of the file. */
  readonly from: string;
}

/** Null when there is none that can be read. */
export function readLocalKey(env: Environment, workingFolder: string): LocalKey | null {
  const yamlPath = resolve(workingFolder, env['JISR_CONFIG'] || 'jisr.yaml');
  const file = readYamlFile(yamlPath) ?? NO_YAML_FILE;
  const reader = new SettingReader(env, workingFolder, dirname(yamlPath));
  const http = file.section('http');
  const configured = reader.secret({ variable: 'JISR_ADMIN_KEY', section: http, key: 'admin_key' });
  if (configured !== null) return { key: configured, from: 'the configuration (JISR_ADMIN_KEY)' };
  const store = file.section('store');
  const dataDir = reader.path({ variable: 'JISR_DATA_DIR', section: store, key: 'data_dir' }, text);
  const path = join(dataDir ?? resolve(workingFolder, 'data'), 'admin-key');
  const key = contentOf(path);
  return key === null ? null : { key: new Secret(key), from: path };
}

function contentOf(path: string): string | null {
  try {
    const content = readFileSync(path, 'utf8').trim();
    return content === '' ? null : content;
  } catch {
    // Missing, or another user's: then there is no key to be had here.
    return null;
  }
}
