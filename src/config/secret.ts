// A value that must not be seen: only reveal() gives it out.
// Never prints it: not by String(), JSON.stringify, console.log, or a logger.

import { inspect } from 'node:util';

const MASK = '(secret)';

export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** Call it at the place of use, never to keep the result. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
