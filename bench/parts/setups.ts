// Where a bench can run: the engine of the store, and whether api and worker are one process.

export type Engine = 'postgres' | 'pglite';

export interface Setup {
  /** On the command line. */
  readonly name: 'postgres' | 'apart' | 'pglite';
  readonly engine: Engine;
  readonly layout: 'together' | 'apart';
  /** As the tables name it. */
  readonly title: string;
}

export const POSTGRES: Setup = {
  name: 'postgres',
  engine: 'postgres',
  layout: 'together',
  title: 'PostgreSQL, one process',
};
export const APART: Setup = {
  name: 'apart',
  engine: 'postgres',
  layout: 'apart',
  title: 'PostgreSQL, api and worker apart',
};
export const PGLITE: Setup = {
  name: 'pglite',
  engine: 'pglite',
  layout: 'together',
  title: 'PGlite, one process',
};
