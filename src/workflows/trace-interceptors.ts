// Carries the trace that a workflow was started in on to its activities, and tells of the workflow's own span at its
// end. Does nothing where no trace was recorded, so histories without one replay as ever.
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import {
  proxySinks,
  rootCause,
  uuid4,
  workflowInfo,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import type { TraceSinks } from '../contracts/workflow-spans';
import {
  isRecorded,
  readTraceParent,
  TRACE_HEADER,
  traceParentText,
  type TraceParent,
} from '../domain/trace-parent';

const { tracing } = proxySinks<TraceSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => {
  let own: TraceParent | null = null;
  const carry = <T extends { readonly headers: Headers }>(input: T): T => {
    if (own === null) return input;
    const payload = defaultPayloadConverter.toPayload(traceParentText(own));
    return { ...input, headers: { ...input.headers, [TRACE_HEADER]: payload } };
  };
  return {
    inbound: [
      {
        execute: (input, next) => {
          const parent = parentIn(input.headers);
          if (parent === null || !isRecorded(parent)) return next(input);
          own = { ...parent, spanId: newSpanId() };
          return recorded(own, parent, () => next(input));
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(carry(input)),
        scheduleLocalActivity: (input, next) => next(carry(input)),
      },
    ],
  };
};

function parentIn(headers: Headers): TraceParent | null {
  const payload = headers[TRACE_HEADER];
  return payload === undefined ? null : readTraceParent(defaultPayloadConverter.fromPayload(payload));
}

/** Of the run's own random numbers, so that a replay finds the same. */
function newSpanId(): string {
  return uuid4().replaceAll('-', '').slice(0, 16);
}

async function recorded(
  own: TraceParent,
  parent: TraceParent,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const { workflowType: name, workflowId, runId } = workflowInfo();
  const startMs = Date.now();
  const tell = (failure: string | null) => {
    const { spanId: parentSpanId } = parent;
    tracing.ended({ name, workflowId, runId, own, parentSpanId, startMs, endMs: Date.now(), failure });
  };
  try {
    const result = await run();
    tell(null);
    return result;
  } catch (error) {
    tell(rootCause(error) ?? 'failed');
    throw error;
  }
}
