// Which span of which trace something belongs to, as W3C's header `traceparent` says it. Only what is recorded is
// carried on: without the header nothing is done for traces.

/** Of HTTP, and of Temporal's headers. */
export const TRACE_HEADER = 'traceparent';

export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
}

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null for anything else, and for a trace that is not recorded. */
export function readTraceParent(text: unknown): TraceParent | null {
  const [, traceId = '', spanId = '', flags = ''] = FORM.exec(typeof text === 'string' ? text : '') ?? [];
  const isRecorded = flags !== '' && Number.parseInt(flags, 16) % 2 === 1;
  if (!isRecorded || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId };
}

export function traceParentText({ traceId, spanId }: TraceParent): string {
  return `00-${traceId}-${spanId}-01`;
}
