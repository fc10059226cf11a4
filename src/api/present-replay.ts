// How a bulk act looks on the wire. Never asks for more than it is given.
import { replayWorkflowId } from '../contracts/names';
import type { ReplayFilter } from '../store/replays/filter';
import type { Replay } from '../store/replays/rows';
import { timeOf, type TemporalUi } from './present';

export function presentReplay(replay: Replay, { baseUrl, namespace }: TemporalUi) {
  const workflowId = replayWorkflowId(replay.id);
  const workflows = `${baseUrl ?? ''}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return {
    id: replay.id,
    act: replay.act,
    filter: presentFilter(replay.filter),
    only: replay.scope,
    subscription:
      replay.subscriptionId === null ? null : { id: replay.subscriptionId, name: replay.subscription },
    rate_per_second: replay.ratePerSecond,
    actor: replay.actor,
    reason: replay.reason,
    state: replay.state,
    state_reason: replay.stateReason,
    waits_for: replay.waitsFor,
    planned: replay.planned,
    done: replay.done,
    skipped: replay.skipped,
    skips: replay.skips,
    created_at: timeOf(replay.createdAtMs),
    ended_at: timeOf(replay.endedAtMs),
    workflow_id: workflowId,
    // It continues as new, so no run is named.
    temporal_url:
      baseUrl === null ? null : `${workflows}?query=${encodeURIComponent(`WorkflowId="${workflowId}"`)}`,
  };
}

/** As it was asked for. */
function presentFilter(filter: ReplayFilter) {
  const { recordId, pushId, pullId, sinceMs, untilMs, errorClass, ...same } = filter;
  return {
    ...same,
    ...(recordId === undefined ? {} : { record_id: recordId }),
    ...(pushId === undefined ? {} : { push_id: pushId }),
    ...(pullId === undefined ? {} : { pull_id: pullId }),
    ...(sinceMs === undefined ? {} : { since: timeOf(sinceMs) }),
    ...(untilMs === undefined ? {} : { until: timeOf(untilMs) }),
    ...(errorClass === undefined ? {} : { error_class: errorClass }),
  };
}
