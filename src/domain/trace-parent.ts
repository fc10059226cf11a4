// Which span of which trace something belongs to, as W3C's header `traceparent` says it. One that its caller does not
// record is read as such: taken for none, it would become a trace of its own.

/** Of HTTP, and of Temporal's headers. */
export const TRACE_HEADER = 'traceparent';

export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Of the last two digits. */
  readonly flags: number;
}

const RECORDED = 1;
const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null for anything else. */
export function readTraceParent(text: unknown): TraceParent | null {
  const [, traceId = '', spanId = '', flags = ''] = FORM.exec(typeof text === 'string' ? text : '') ?? [];
  if (flags === '' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

export function isRecorded({ flags }: TraceParent): boolean {
  return (flags & RECORDED) !== 0;
}

export function traceParentText({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
