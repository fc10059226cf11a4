// What the endpoints work on: Odoo's tables, its clock, and what is broken in it.
// Holds no logic.

import type { ArmedFaults } from '../faults';
import type { Change } from '../change-types';
import type { SyncStates } from '../sync-states';
import type { WebhookTable } from '../webhook-table';
import type { Answer } from './answer';
import type { OdooRequest } from './request';

export interface Odoo {
  readonly table: WebhookTable;
  readonly syncStates: SyncStates;
  readonly faults: ArmedFaults;
  readonly payloadText: (change: Change) => string;
  readonly now: () => number;
}

/** Throws a PythonError where the addon raises. */
export type Handler = (request: OdooRequest, odoo: Odoo) => Answer;
