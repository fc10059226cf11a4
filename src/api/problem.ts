// An answer that is not the one the caller wanted: `application/problem+json` (RFC 9457).
import { STATUS_CODES } from 'node:http';

export interface WrongValue {
  /** Where it stands, e.g. `query.limit`. */
  readonly where: string;
  readonly expected: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Says what to do next. */
    readonly detail: string,
    readonly more: { readonly errors?: readonly WrongValue[]; readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
  }

  toJSON() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      ...(this.more.errors === undefined ? {} : { errors: this.more.errors }),
    };
  }
}
