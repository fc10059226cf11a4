// Odoo as the workflows ask it.
import { proxyActivities } from '@temporalio/workflow';
import type { OdooActivities } from '../contracts/activities';
import { ODOO_TASK_QUEUE } from '../contracts/names';
import { ONE_QUICK_TRY, UNTIL_ODOO_ANSWERS } from '../contracts/retry-policies';

/** A locked table makes Odoo wait for up to a minute, and a page of 1,000 rows has to be committed. */
export const odoo = proxyActivities<OdooActivities>({
  taskQueue: ODOO_TASK_QUEUE,
  startToCloseTimeout: '3m',
  heartbeatTimeout: '10s',
  retry: UNTIL_ODOO_ANSWERS,
});

/** A courtesy to Odoo: it must hold nothing up, and the next one makes up for it. */
export const courtesy = proxyActivities<Pick<OdooActivities, 'reportSync'>>({
  taskQueue: ODOO_TASK_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry: ONE_QUICK_TRY,
});
