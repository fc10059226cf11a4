// How a workflow tells of its span: the sandbox can send nothing itself.
import type { Sinks } from '@temporalio/workflow';
import type { TraceParent } from '../domain/trace-parent';

export interface WorkflowSpan {
  readonly name: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly own: TraceParent;
  /** What started it. */
  readonly parentSpanId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Why it failed; null when it did not. */
  readonly failure: string | null;
}

export interface TraceSinks extends Sinks {
  readonly tracing: { ended(span: WorkflowSpan): void };
}
