// What happens on the stage, step by step: everything that goes wrong in practice.
import { setTimeout as sleep } from 'node:timers/promises';
import { SOURCE, type Stage } from './stage';
import { TAKES_ALL } from './subscriber';

export interface Step {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** An outage that several tries fall into. */
const OUTAGE_MS = 3_000;

/** So many, and the circuit of the subscription opens. */
const FAILURES_IN_A_ROW = 10;

export const STEPS: readonly Step[] = [
  {
    title: 'a backlog of 100 changes waits in Odoo: pulled page by page, delivered one by one',
    play: () => Promise.resolve(),
  },
  {
    title: 'Odoo pushes: a connection test, then 40 changes at once; each comes by pull as well',
    play: async ({ odoo, pushUrl, pushKey }) => {
      odoo.setPush({ url: pushUrl, credentials: { kind: 'bearer', token: pushKey } });
      await odoo.connectionTest();
      odoo.changeMany(40);
      await odoo.pushesIdle();
    },
  },
  {
    title: 'a test event shifts the ids of pushes: equal ids are different changes now; all shapes of a push',
    play: async ({ odoo }) => {
      await odoo.testEvent();
      for (const push of ['builder', 'batch', 'instant-then-builder', 'instant'] as const)
        odoo.changeMany(10, { push });
      await odoo.pushesIdle();
    },
  },
  {
    title:
      'Odoo loses some between its own tables: some come by push only, some by pull only, two by neither',
    play: async ({ odoo }) => {
      for (const kind of ['lost-pull-row', 'lost-push', 'lost-both'] as const) {
        odoo.faults.arm({ kind, times: 2 });
        odoo.changeMany(2, { operation: 'create' });
      }
      await odoo.pushesIdle();
    },
  },
  {
    title: 'a transaction commits late: its id lies below what was pulled already, so only a sweep finds it',
    play: async ({ odoo, settle }) => {
      const late = odoo.lateCommit({ push: 'none' });
      odoo.changeMany(20);
      await settle('the changes above it');
      late.commit();
    },
  },
  {
    title: 'a row is deleted between pull and mark, and an older addon refuses the whole page for it',
    play: async ({ odoo, until }) => {
      odoo.faults.arm({ kind: 'older-addon' });
      odoo.faults.arm({ kind: 'slow', delayMs: 400, endpoints: ['mark-processed'], times: 1 });
      const poisoned = odoo.changeMany(20)[12]?.pullId ?? 0;
      await until(() => (odoo.ledger.byPullId(poisoned)?.served ?? 0) > 0);
      odoo.deleteRow(poisoned);
    },
  },
  {
    title: 'Odoo answers 200 with an error inside, and the answer to an acknowledgement is lost',
    play: async ({ odoo }) => {
      odoo.faults.arm({ kind: 'query-failed', endpoints: ['pull'], times: 2 });
      odoo.faults.arm({ kind: 'answer-lost', endpoints: ['mark-processed'], times: 1 });
      odoo.changeMany(20);
      await odoo.pushesIdle();
    },
  },
  {
    title: 'Odoo is down for some seconds; an engineer pauses the source, and resumes it afterwards',
    play: async ({ odoo, client, until }) => {
      odoo.faults.arm({ kind: 'slow', delayMs: 400, endpoints: ['mark-processed'], times: 1 });
      const caught = odoo.changeMany(20)[0]?.pullId ?? 0;
      await until(() => (odoo.ledger.byPullId(caught)?.served ?? 0) > 0);
      await odoo.stop();
      odoo.changeMany(20, { push: 'none' });
      await until(async () => (await client.source(SOURCE)).state === 'failing');
      await client.post(`sources/${SOURCE}/pause`, { reason: 'Odoo is down' });
      await sleep(OUTAGE_MS);
      await odoo.start();
      await client.post(`sources/${SOURCE}/resume`);
    },
  },
  {
    title:
      'the subscriber is down: after ten failures nothing is sent to it for a while, then all of it, under the same ids',
    play: async ({ odoo, subscriber, until }) => {
      subscriber.behave(() => ({ status: 503 }));
      odoo.changeMany(15);
      const before = subscriber.received.length;
      await until(() => subscriber.received.length >= before + FAILURES_IN_A_ROW);
      subscriber.behave(TAKES_ALL);
    },
  },
  {
    title: 'the subscriber refuses for good: dead letters, which an operator retries when it is mended',
    play: async ({ odoo, subscriber, client, until }) => {
      subscriber.behave(() => ({ status: 422 }));
      odoo.changeMany(5, { operation: 'create' });
      await until(async () => (await client.stats()).events['dead_letter'] === 5);
      subscriber.behave(TAKES_ALL);
      for (const key of await client.keysOf('dead_letter')) await client.post(`events/${key}/retry`);
    },
  },
  {
    title: 'processing is paused: pushes are answered at once and wait; then it goes on',
    play: async ({ odoo, client, until }) => {
      await client.post('processing/pause', { reason: 'maintenance' });
      odoo.changeMany(20, { operation: 'create' });
      await odoo.pushesIdle();
      await until(async () => ((await client.stats()).events['pending'] ?? 0) >= 20);
      await client.post('processing/resume');
    },
  },
  {
    title: 'the connection of a reader of the live stream breaks: it resumes after the last event it has',
    play: async ({ odoo, stream, until }) => {
      const before = stream.seen.length;
      odoo.changeMany(20);
      await until(() => stream.seen.length > before);
      stream.cut();
      odoo.changeMany(20);
      await odoo.pushesIdle();
    },
  },
  {
    title: 'one record is created, changed and deleted: three events, in their order',
    play: async ({ odoo }) => {
      for (const operation of ['create', 'write', 'unlink'] as const)
        odoo.change({ model: 'res.partner', recordId: 7_000, operation });
      await odoo.pushesIdle();
    },
  },
];
