// What is wrong with a configuration, all of it at once, so that nobody fixes it in five starts.
// Never holds the value of a secret.

export interface ConfigProblem {
  /** The variable, or the path inside the file: `PORT`, `jisr.yaml: sources[1].url`. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

/** Thrown when settings cannot be used; the program ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ where, found, expected }) => `  ${where}: found ${found}; expected ${expected}`,
    );
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super([`the configuration has ${count}:`, ...lines].join('\n'));
  }
}
