// An HTTP server that is Odoo with the auto_webhook addon, as far as the wire can tell.
// Never does what Odoo does not do: faults are armed by the caller, and each was seen on a real one.

import { Changes } from './changes';
import { ArmedFaults } from './faults';
import { LedgerBook } from './ledger';
import { Listener } from './listener';
import { createOdooServer } from './odoo-server';
import { Payloads } from './payloads/payload-text';
import { Pusher } from './push/pusher';
import { RequestBook } from './request-log';
import type { Pace, Simulator, SimulatorOptions } from './simulator-types';
import { SyncStates } from './sync-states';
import { Waiters } from './waiters';
import { WebhookTable } from './webhook-table';

/** Measured on two cores: 1,000 rows are served in 304 ms and marked in 434 ms. */
export const ODOO_PACE: Pace = { servePer1000Ms: 300, markPer1000Ms: 430, basePullMs: 9 };

export const DEFAULT_API_KEY = 'lab-key';

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { now = Date.now, host = '127.0.0.1', port = 0 } = options;
  let { apiKey = DEFAULT_API_KEY, pace = null } = options;

  const waiters = new Waiters();
  const changed = (): void => {
    waiters.changed();
  };
  const payloads = new Payloads(options.seed ?? 1);
  const payloadText = payloads.textOf.bind(payloads);
  const table = new WebhookTable(options.firstPullId ?? 1);
  const faults = new ArmedFaults(options.faults ?? []);
  const ledger = new LedgerBook(payloadText);
  const log = new RequestBook(options.requestDetailsKept ?? 5000);
  const syncStates = new SyncStates(options.userIds ?? [1, 2]);
  const pusher = new Pusher({ target: options.push ?? null, now, payloadText, ledger, changed });
  const changes = new Changes({ options, now, table, payloads, ledger, faults, pusher, changed });
  const odoo = { table, syncStates, faults, payloadText, now, apiKey: () => apiKey };
  const listener = new Listener(
    () => createOdooServer({ odoo, books: { ledger, log }, pace: () => pace, changed }),
    host,
    port,
  );

  await listener.start();
  return {
    url: listener.url,
    port: listener.port,
    change: (change) => changes.change(change),
    changeMany: (count, each) => changes.changeMany(count, each),
    lateCommit: (change) => changes.lateCommit(change),
    deleteRow: (pullId) => changes.deleteRow(pullId),
    resetIds: () => {
      changes.resetIds();
    },
    skipPushIds: (count) => {
      changes.skipPushIds(count);
    },
    setPush: (target) => {
      pusher.setTarget(target);
    },
    runCron: () => pusher.runCron(),
    connectionTest: () => pusher.connectionTest(),
    testEvent: (model = 'sale.order') => pusher.testEvent(changes.testEvent(model)),
    pushesIdle: (timeoutMs = 60_000) => waiters.until('no push is left', () => pusher.idle, timeoutMs),
    setApiKey: (key) => {
      apiKey = key;
    },
    setPace: (next) => {
      pace = next;
    },
    faults,
    ledger,
    requests: log,
    until: (what, holds, timeoutMs) => waiters.until(what, holds, timeoutMs),
    stop: () => listener.stop(),
    start: () => listener.start(),
    close: async () => {
      changes.close();
      await pusher.close();
      await listener.stop();
    },
  };
}
