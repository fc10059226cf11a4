// What was asked over HTTP, so that a test can say how the bridge went about it.
// Never drops a count; details are kept up to a cap, the newest.

import type { Endpoint } from './fault-types';

export interface LoggedPull {
  /** When the request arrived. */
  readonly atMs: number;
  /** As sent; null when it was no number. */
  readonly lastEventId: number | null;
  readonly limit: number | null;
  /** Null when the answer was lost on the way. */
  readonly status: number | null;
  readonly served: number;
  readonly hasMore: boolean;
}

export interface LoggedMark {
  readonly atMs: number;
  /** What the request named, ints only. */
  readonly ids: readonly number[];
  readonly status: number | null;
  /** Whether the rows were marked, which a lost answer does not tell the caller. */
  readonly carriedOut: boolean;
}

export interface RequestLog {
  /** Requests per endpoint; `unknown` is every other path. */
  readonly counts: () => Readonly<Record<Endpoint | 'unknown', number>>;
  /** Answers per endpoint and status, e.g. `pull 200`; `pull lost` for one that was cut off. */
  readonly answers: () => Readonly<Record<string, number>>;
  readonly pulls: () => readonly LoggedPull[];
  readonly marks: () => readonly LoggedMark[];
}

export class RequestBook implements RequestLog {
  private readonly asked: Record<Endpoint | 'unknown', number> = {
    pull: 0,
    'mark-processed': 0,
    health: 0,
    stats: 0,
    'sync-state': 0,
    'sync-state/update': 0,
    'sync-state/stats': 0,
    unknown: 0,
  };
  private readonly answered = new Map<string, number>();
  private readonly loggedPulls: LoggedPull[] = [];
  private readonly loggedMarks: LoggedMark[] = [];

  constructor(private readonly detailsKept: number) {}

  counts(): Readonly<Record<Endpoint | 'unknown', number>> {
    return this.asked;
  }

  answers(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.answered);
  }

  pulls(): readonly LoggedPull[] {
    return this.loggedPulls;
  }

  marks(): readonly LoggedMark[] {
    return this.loggedMarks;
  }

  /** Null: the answer was cut off. */
  request(endpoint: Endpoint | 'unknown', status: number | null): void {
    this.asked[endpoint]++;
    const key = `${endpoint} ${status ?? 'lost'}`;
    this.answered.set(key, (this.answered.get(key) ?? 0) + 1);
  }

  pulled(pull: LoggedPull): void {
    this.keep(this.loggedPulls, pull);
  }

  marked(mark: LoggedMark): void {
    this.keep(this.loggedMarks, mark);
  }

  private keep<T>(details: T[], detail: T): void {
    details.push(detail);
    if (details.length > this.detailsKept) details.shift();
  }
}
