// How every activity is tried again, in one place. Times in ms unless they say otherwise.
import type { RetryPolicy } from '@temporalio/common';

/** Local, on the fast path: one quick try; trouble then goes to the visible activity. */
export const ONE_QUICK_TRY: RetryPolicy = { maximumAttempts: 1 };

/** The store: it comes back, and then nobody should wait long. */
export const UNTIL_THE_STORE_ANSWERS: RetryPolicy = {
  initialInterval: 500,
  backoffCoefficient: 2,
  maximumInterval: '15s',
};

/** Odoo: for ever, visibly. A refused key sets its own delay. */
export const UNTIL_ODOO_ANSWERS: RetryPolicy = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '60s',
};

/** A subscriber: each failure names its own wait, by the schedule. This is for what fails around it. */
export const BY_THE_SCHEDULE: RetryPolicy = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '60s',
};

/** A refused key does not mend itself in a minute. */
export const KEY_REFUSED_RETRY_MS = 5 * 60_000;
