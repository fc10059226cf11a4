// In which order the recorded exchanges are replayed, and what Odoo's people did between them.
// The order matters where an exchange shows what an earlier one left behind.

import type { Simulator } from '../../src/simulator/simulator-types';

export interface Step {
  readonly name: string;
  /** What happened in Odoo before it. */
  readonly before?: (simulator: Simulator) => unknown;
  /** What a JSON file cannot tell: 8.0 is read as 8. */
  readonly rawBody?: string;
  /** Why the body is compared in part only. */
  readonly shortened?: string;
}

export interface Scene {
  readonly title: string;
  readonly rows: 'recorded' | number;
  readonly steps: readonly Step[];
}

export const NOT_REPLAYED: Readonly<Record<string, string>> = {
  'pull/50-session-cookie-no-key': 'a web login stands in for the key; a bridge never has one',
};

const names = (folder: string, list: string): readonly Step[] =>
  list
    .trim()
    .split(/\s+/)
    .map((name) => ({ name: `${folder}/${name}` }));

const FIRST_PULLS = names(
  'pull',
  `01-first-page-limit10-has_more-true 02-second-page-by-cursor 04-last-page-has_more-false-count-0
  05-models-filter-list 06-models-filter-csv-string 07-models-filter-unknown-model-empty-page
  08-models-filter-last-match 10-priority-high 10-priority-low 10-priority-medium 11-priority-unknown
  12-priority-number 13-limit-too-large-5000 14-limit-0 15-limit-negative 16-limit-numeric-string
  17-limit-word 18-limit-null 19-limit-float 20-limit-list 21-last_event_id-negative 22-last_event_id-null
  23-last_event_id-huge-over-int4 24-bad-json 25-empty-body 26-json-array-body 27-json-null-body 28-form-body
  29-no-content-type 30-no-key 31-wrong-key 32-empty-key 33-key-as-bearer 34-key-case-lower-header 35-get-form
  36-get-no-params 37-get-bad-limit 38-get-no-key 39-put-method 40-options-preflight 41-head-method
  42-models-number 43-models-object 44-models-empty-list 46-accept-encoding-gzip 47-bool-values
  52-session-cookie-wrong-key`,
);

const FIRST_MARKS: readonly Step[] = [
  ...names(
    'mark-processed',
    `01-ok 02-already-processed-again 03-empty-list 04-missing-field 05-not-a-list 06-string-ids
    07-unknown-id-alone 08-unknown-id-in-batch`,
  ),
  { name: 'mark-processed/09-deleted-id-in-batch', before: (odoo) => odoo.deleteRow(7) },
  ...names('mark-processed', `10-null-in-list 11-zero-and-negative 12-duplicate-ids 14-bad-json 15-no-key`),
  ...names('mark-processed', `16-wrong-key 17-array-body 18-get-method`),
  { name: 'mark-processed/19-float-id', rawBody: '{"event_ids": [8.0]}' },
  ...names('mark-processed', `20-bool-id 21-nested-list 22-then-pull-skips-the-marked`),
];

const OTHERS: readonly Step[] = [
  ...names('health', `01-health-no-auth 02-health-wrong-key-still-200 03-health-post`),
  ...names(
    'stats',
    `01-stats-default 02-stats-days-30 03-stats-days-word 04-stats-days-0 05-stats-days-huge`,
  ),
  ...names('stats', `06-stats-no-key`),
  ...names(
    'sync-state',
    `01-post-creates 02-get-existing 03-get-without-app_type-changes-it 04-missing-params 05-short-device-id
    06-unknown-user 07-unknown-app_type 08-user_id-word 09-no-key 10-device_id-number 11-update
    12-update-backwards 13-update-unknown-device 14-update-negative 15-update-missing-last_event_id 16-stats
    17-stats-device 18-stats-no-user 19-stats-unknown-user`,
  ),
];

const LATER: readonly Step[] = [
  ...names('mark-processed', '13-over-int4'),
  { name: 'mark-processed/23-orm-deleted-id-in-batch', before: (odoo) => odoo.deleteRow(15) },
  ...names('mark-processed', '24-deleted-id-alone 25-string-id-mixed-with-good'),
  {
    name: 'pull/53-no-key-configured-in-odoo',
    before: (odoo) => {
      odoo.faults.arm({ kind: 'no-key-configured', times: 1 });
    },
  },
  {
    name: 'pull/54-table-locked-4s-answer-waits',
    before: (odoo) => {
      odoo.faults.arm({ kind: 'slow', delayMs: 50, times: 1 });
    },
  },
  ...names('mark-processed', '27-row-changed-by-another-transaction-meanwhile'),
  {
    name: 'pull/55-database-down',
    before: (odoo) => {
      odoo.faults.arm({ kind: 'database-down' });
    },
  },
  ...names('pull', '55-database-down-2nd-try'),
  ...names('mark-processed', '28-database-down'),
  ...names('health', '04-database-down'),
  {
    name: 'pull/56-just-after-database-is-back',
    before: async (odoo) => {
      odoo.faults.clear('database-down');
      // Row 11 was marked while something was tried out that was not recorded.
      await fetch(`${odoo.url}/api/webhooks/mark-processed`, {
        method: 'POST',
        headers: { 'X-API-Key': 'lab-key-0123456789' },
        body: '{"event_ids": [11]}',
      });
    },
  },
  {
    name: 'health/05-just-after-database-is-back',
    before: (odoo) => odoo.changeMany(2142 - odoo.ledger.unmarked().length),
  },
  {
    name: 'pull/57-query-cancelled-200-success-true-with-error',
    before: (odoo) => {
      odoo.faults.arm({ kind: 'query-failed', reason: 'cancelled' });
    },
  },
  ...names('mark-processed', '29-query-cancelled'),
  ...names('health', '06-query-cancelled'),
  {
    name: 'pull/58-db-connection-killed-during-pull',
    before: (odoo) => {
      odoo.faults.set([{ kind: 'query-failed', reason: 'connection-killed', times: 2 }]);
    },
  },
  ...names('mark-processed', '30-db-connection-killed'),
  ...names('pull', '59-first-pull-after-all-idle-db-connections-were-killed 60-second-pull-after-that'),
];

export const SCENES: readonly Scene[] = [
  {
    title: 'nothing is marked yet',
    rows: 'recorded',
    steps: [
      ...FIRST_PULLS,
      ...names('pull', '09-models-filter-page-then-has_more-true-then-empty-1'),
      ...names('pull', '09-models-filter-page-then-has_more-true-then-empty-2'),
      ...names('pull', '09-models-filter-page-then-has_more-true-then-empty-3'),
      { name: 'pull/45-unknown-path', shortened: 'the website around the heading' },
    ],
  },
  { title: 'one thing after the other', rows: 'recorded', steps: [...FIRST_MARKS, ...OTHERS, ...LATER] },
  {
    title: 'many rows',
    rows: 3054,
    steps: [
      ...names('mark-processed', '26-batch-of-1000'),
      {
        name: 'pull/49-limit-0-is-unlimited',
        shortened: 'the file holds the first row only',
        before: (odoo) => {
          for (let id = 2044; id <= 3054; id++) odoo.deleteRow(id);
          for (let id = 2; id <= 33; id++) odoo.deleteRow(id);
        },
      },
    ],
  },
];
