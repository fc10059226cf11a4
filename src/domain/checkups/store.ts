// What is to be said of the store, and of what waits in it for a person. Pure.
import { fail, ok, warn, type Finding } from './finding';

export interface StoreFacts {
  /** `PGlite (PostgreSQL 17.5)` */
  readonly engine: string;
  readonly migrationsDone: number;
  readonly migrationsToCome: number;
  readonly bytes: number;
  /** Null when it takes a row; else why not. */
  readonly notWritable: string | null;
  /** Of the disk it lies on; null where that is another machine's. */
  readonly freeBytes: number | null;
}

export interface OpenMatters {
  readonly deadLetters: number;
  readonly quarantined: number;
}

const GIB = 1024 ** 3;
const LITTLE_BYTES = 2 * GIB;
const TOO_LITTLE_BYTES = GIB / 4;

export function storeFindings(facts: StoreFacts): readonly Finding[] {
  const { engine, migrationsDone, migrationsToCome, bytes, notWritable } = facts;
  return [
    ok('store', 'engine', engine),
    migrationsToCome === 0
      ? ok('store', 'migrations', `all ${migrationsDone} are made`)
      : fail('store', 'migrations', `${migrationsToCome} are missing`, 'run `jisr migrate`, or restart Jisr'),
    ok('store', 'size', sizeOf(bytes)),
    notWritable === null
      ? ok('store', 'writable', 'it takes what is written')
      : fail('store', 'writable', notWritable, 'see whether it is a replica, read only, or its disk is full'),
    ...diskFinding(facts.freeBytes),
  ];
}

export function openMatterFindings({ deadLetters, quarantined }: OpenMatters): readonly Finding[] {
  return [
    deadLetters === 0
      ? ok('events', 'dead letters', 'none')
      : warn(
          'events',
          'dead letters',
          `${deadLetters} wait for a person`,
          '`jisr dead-letters list` says why',
        ),
    quarantined === 0
      ? ok('events', 'quarantine', 'empty')
      : warn('events', 'quarantine', `${quarantined} not understood`, '`jisr quarantine list --status open`'),
  ];
}

function diskFinding(freeBytes: number | null): readonly Finding[] {
  if (freeBytes === null) return [];
  const text = `${sizeOf(freeBytes)} free`;
  const hint = 'make room on the disk of JISR_DATA_DIR: without it nothing is accepted';
  if (freeBytes < TOO_LITTLE_BYTES) return [fail('store', 'disk', text, hint)];
  return [freeBytes < LITTLE_BYTES ? warn('store', 'disk', text, hint) : ok('store', 'disk', text)];
}

export function sizeOf(bytes: number): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`;
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}
