// An answer that is not the one the caller wanted: `application/problem+json` (RFC 9457).
// Never holds what a caller must not see: everything in it goes out.
import { STATUS_CODES } from 'node:http';

export interface WrongValue {
  /** Where it stands, e.g. `query.limit`. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

export interface ProblemExtras {
  readonly errors?: readonly WrongValue[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of its own, e.g. `quarantine_id`. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Says what to do next. */
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
  }

  toJSON() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      ...this.extras.fields,
      ...(this.extras.errors === undefined ? {} : { errors: this.extras.errors }),
    };
  }
}
