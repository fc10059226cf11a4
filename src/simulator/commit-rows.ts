// What a commit leaves behind: a row for the pull, a row for the push, or one of them lost.
// Odoo writes the two in transactions of their own, which is how a change can end in one table only.

import type { Change } from './change-types';
import type { ArmedFaults } from './faults';
import type { LedgerBook } from './ledger';
import type { PushedChange } from './push/push-bodies';
import type { Pusher } from './push/pusher';
import type { PushShape } from './push/push-types';
import type { WebhookTable } from './webhook-table';

export interface CommitParts {
  readonly now: () => number;
  readonly table: WebhookTable;
  readonly ledger: LedgerBook;
  readonly faults: ArmedFaults;
  readonly pusher: Pusher;
}

export function commitRows(change: Change, shape: PushShape, parts: CommitParts): void {
  const { table, ledger, faults, pusher, now } = parts;
  const bothLost = faults.occur('lost-both', null) !== null;
  const rowLost = bothLost || faults.occur('lost-pull-row', null) !== null;
  const isPushed = hasPushId(change) && !bothLost && faults.occur('lost-push', null) === null;
  if (rowLost) {
    ledger.lostRow(change, isPushed && pusher.hasTarget, now());
  } else {
    table.insert(change);
    ledger.committed(change, now());
  }
  if (isPushed) pusher.committed(change, shape);
}

function hasPushId(change: Change): change is PushedChange {
  return change.pushId !== null;
}
