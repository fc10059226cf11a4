// Counts the ledger.
// Never keeps a count of its own: what is counted twice can disagree.

import type { Fate, LedgerEntry, LedgerSummary } from './ledger-types';
import type { PushRecord } from './push/push-types';

export function summaryOf(entries: readonly LedgerEntry[], strayMarks: number): LedgerSummary {
  const count = (holds: (entry: LedgerEntry) => boolean): number => entries.filter(holds).length;
  const inState = (state: Fate['state']): number => count((entry) => entry.fate.state === state);
  const pushes = entries.flatMap((entry) => entry.pushes);
  const pushed = (holds: (push: PushRecord) => boolean): number => pushes.filter(holds).length;
  return {
    changes: entries.length,
    uncommitted: inState('uncommitted'),
    visible: inState('visible'),
    pushOnly: inState('push-only'),
    lostInOdoo: inState('lost-in-odoo'),
    rolledBack: inState('rolled-back'),
    deleted: inState('deleted'),
    lostInReset: inState('lost-in-reset'),
    served: count((entry) => entry.served > 0),
    servedMoreThanOnce: count((entry) => entry.served > 1),
    marked: count((entry) => entry.marked > 0),
    unmarked: count((entry) => entry.fate.state === 'visible' && entry.marked === 0),
    strayMarks,
    pushes: pushes.length,
    handedOver: count((entry) => entry.served > 0 || entry.pushAnswered200 > 0),
    pushAnswered200: pushed(({ status }) => status === 200),
    pushRefused: pushed(({ status }) => status !== null && status !== 200),
    pushUnanswered: pushed(({ status }) => status === null),
  };
}
