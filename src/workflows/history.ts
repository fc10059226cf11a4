// When a run that goes on for ever has to continue as new.
import { workflowInfo } from '@temporalio/workflow';

/** Far below the server's 51,200 events and 10,000 signals, each of which is an event. */
const MOST_HISTORY_EVENTS = 8_000;

/** @param most lower than the default, for tests and tuning */
export function hasLongHistory(most: number = MOST_HISTORY_EVENTS): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= Math.min(most, MOST_HISTORY_EVENTS);
}
