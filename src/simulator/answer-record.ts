// Writes into table, ledger and log what a request did.
// Never changes an answer.

import type { Answer } from './endpoints/answer';
import type { Odoo } from './endpoints/odoo';
import { paramsOf } from './endpoints/request';
import type { Endpoint } from './fault-types';
import type { LedgerBook } from './ledger';
import type { WebRequest } from './odoo-web';
import { isPyList, PythonError } from './python/values';
import type { PyDict, PyValue } from './python/values';
import type { RequestBook } from './request-log';

export interface Books {
  readonly ledger: LedgerBook;
  readonly log: RequestBook;
}

export interface FinishedRequest {
  readonly request: WebRequest;
  readonly endpoint: Endpoint | 'unknown';
  readonly answer: Answer;
  /** When it came. */
  readonly atMs: number;
  /** False when the answer was cut off, or its caller has gone. */
  readonly arrives: boolean;
}

/** Odoo's commit: it holds whether or not the answer arrives. */
export function recordMarking(pullIds: readonly number[], { table, now }: Odoo, { ledger }: Books): void {
  table.markProcessed(pullIds);
  ledger.marked(pullIds, now());
}

export function recordRequest(finished: FinishedRequest, { ledger, log }: Books, nowMs: number): void {
  const { request, endpoint, answer, atMs, arrives } = finished;
  const status = arrives ? answer.status : null;
  log.request(endpoint, status);
  if (request.method === 'HEAD') return;
  if (endpoint === 'pull') {
    const page = answer.work?.kind === 'served' && arrives ? answer.work : null;
    ledger.served(page?.changes ?? [], nowMs);
    const params = readable(request);
    log.pulled({
      atMs,
      lastEventId: numberIn(params.get('last_event_id')),
      limit: numberIn(params.get('limit')),
      status,
      served: page?.changes.length ?? 0,
      hasMore: page?.hasMore ?? false,
    });
  }
  if (endpoint === 'mark-processed') {
    const named = readable(request).get('event_ids');
    const ids = isPyList(named) ? named.filter((id) => typeof id === 'number') : [];
    log.marked({ atMs, ids, status, carriedOut: answer.work?.kind === 'mark' });
  }
}

/** Refused requests are logged too, and those may be nothing that can be read. */
function readable(request: WebRequest): PyDict {
  try {
    return paramsOf(request);
  } catch (error) {
    if (error instanceof PythonError) return new Map();
    throw error;
  }
}

function numberIn(value: PyValue | undefined): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : null;
}
