// The version of this build, from package.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly version: string;
}

export function readVersion(): string {
  const manifest: Manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return manifest.version;
}
