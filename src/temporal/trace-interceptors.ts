// Carries traces over Temporal's border: from who starts a run into its headers, and from there around its activities.
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { activityInfo } from '@temporalio/activity';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, InjectedSinks } from '@temporalio/worker';
import { ODOO_TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import type { TraceSinks } from '../contracts/workflow-spans';
import { readTraceParent, TRACE_HEADER, traceParentText } from '../domain/trace-parent';
import type { Tracing } from '../tracing';

/** Those of events; what runs for ever has no trace that would end. */
const TRACED: readonly string[] = [WORKFLOW_TYPES.processEvent, WORKFLOW_TYPES.processBatch];

export function tracedClient(tracing: Tracing): WorkflowClientInterceptor {
  return {
    startWithDetails: (input, next) => {
      const { workflowType, headers, options } = input;
      if (!TRACED.includes(workflowType)) return next(input);
      const attributes = { 'temporal.workflow_id': options.workflowId };
      return tracing.within({ name: `start ${workflowType}`, kind: 'producer', attributes }, () => {
        const here = tracing.here();
        if (here === null) return next(input);
        const payload = defaultPayloadConverter.toPayload(traceParentText(here));
        return next({ ...input, headers: { ...headers, [TRACE_HEADER]: payload } });
      });
    },
  };
}

/** Around an activity whose run carries a trace. Those that talk to Odoo are one each of their own. */
export function tracedActivity(tracing: Tracing): ActivityInboundCallsInterceptor {
  return {
    execute: (input, next) => {
      const parent = parentIn(input.headers);
      const { activityType: name, taskQueue, attempt, workflowExecution } = activityInfo();
      if (parent === null && taskQueue !== ODOO_TASK_QUEUE) return next(input);
      const attributes = {
        'temporal.workflow_id': workflowExecution?.workflowId ?? '',
        'temporal.run_id': workflowExecution?.runId ?? '',
        'temporal.attempt': attempt,
      };
      return tracing.within({ name, kind: 'internal', attributes, parent }, () => next(input));
    },
  };
}

/** Also where nothing is traced: a run may have been started by a process that does. */
export function traceSinks(tracing: Tracing | null): InjectedSinks<TraceSinks> {
  return {
    tracing: {
      ended: {
        fn: (_info, span) => {
          tracing?.ended(span);
        },
        callDuringReplay: false,
      },
    },
  };
}

function parentIn(headers: Headers) {
  const payload = headers[TRACE_HEADER];
  return payload === undefined ? null : readTraceParent(defaultPayloadConverter.fromPayload(payload));
}
