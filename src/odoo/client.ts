// The calls Jisr makes to Odoo's auto_webhook addon.
// Must never decide anything: what to do about a failure is the caller's.

import type { Dispatcher } from 'undici';
import { z } from 'zod';

import type { OdooReply } from '../domain/failure';
import { failed } from './failed';
import { createOdooHttp } from './http';
import { createSyncStateCalls, type SyncStateCalls } from './sync-state';
import { requireInteger } from './require-integer';
import { readPulledPage, type PulledPage } from './shapes/pulled-page';
import { occurredAt } from './wire';

export interface OdooClientOptions {
  /** Where Odoo is, e.g. `https://odoo.example.com/erp/`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeouts?: OdooTimeouts;
  /** Default 64 MiB; a page of 1,000 rows is about 4 MB. */
  readonly maxAnswerBytes?: number;
  /** For an own pool or proxy; the client then leaves closing it to its owner. */
  readonly dispatcher?: Dispatcher;
}

export interface OdooTimeouts {
  /** Default 10 s. */
  readonly connectMs?: number;
  /** How long Odoo may be silent during pull and markProcessed. Default 60 s: a locked table makes it wait. */
  readonly readMs?: number;
  /** The same for health. Default 10 s. */
  readonly healthMs?: number;
}

export interface OdooClient extends SyncStateCalls {
  /** Rows after `lastEventId` that are not yet marked. @throws RangeError on a limit outside 1..1000. */
  pull(after: PullRange, signal?: AbortSignal): Promise<OdooReply<PulledPage>>;
  /** Repeating it is safe. @throws RangeError on an id that is no positive integer. */
  markProcessed(ids: readonly number[], signal?: AbortSignal): Promise<OdooReply<{ readonly sent: number }>>;
  /** What it says of itself is null where it does not. */
  health(signal?: AbortSignal): Promise<OdooReply<OdooHealth>>;
  /** Waits for calls under way. */
  close(): Promise<void>;
}

export interface OdooHealth {
  readonly pendingEvents: number | null;
  /** By its own clock. */
  readonly atMs: number | null;
}

export interface PullRange {
  readonly lastEventId: number;
  readonly limitRows: number;
}

const marked = z.object({ success: z.literal(true) });
const healthy = z.object({
  status: z.string(),
  pending_events: z.int().nullable().catch(null),
  timestamp: occurredAt.nullable().catch(null),
});

export function createOdooClient(options: OdooClientOptions): OdooClient {
  const { connectMs = 10_000, readMs = 60_000, healthMs = 10_000 } = options.timeouts ?? {};
  const http = createOdooHttp({
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    connectTimeoutMs: connectMs,
    maxAnswerBytes: options.maxAnswerBytes ?? 64 * 1024 * 1024,
    dispatcher: options.dispatcher,
  });

  return {
    ...createSyncStateCalls(http, healthMs),

    async pull({ lastEventId, limitRows }, signal) {
      // To Odoo a limit of 0 means "no limit", and a negative or too large number is a failure inside a 200.
      requireInteger('limitRows', limitRows, 1, 1000);
      requireInteger('lastEventId', lastEventId, 0, Number.MAX_SAFE_INTEGER);
      const body = { last_event_id: lastEventId, limit: limitRows };
      const reply = await http.call(
        { method: 'POST', path: '/api/webhooks/pull', body, withKey: true, readTimeoutMs: readMs },
        signal,
      );
      return reply.kind === 'ok' ? readPulledPage(reply.value) : reply;
    },

    async markProcessed(ids, signal) {
      // One null, 0 or text among them, and Odoo marks none of the others.
      for (const id of ids) requireInteger('id', id, 1, Number.MAX_SAFE_INTEGER);
      // Odoo answers 400 to an empty list.
      if (ids.length === 0) return { kind: 'ok', value: { sent: 0 } };
      const reply = await http.call(
        {
          method: 'POST',
          path: '/api/webhooks/mark-processed',
          body: { event_ids: ids },
          withKey: true,
          readTimeoutMs: readMs,
        },
        signal,
      );
      if (reply.kind === 'failed') return reply;
      if (!marked.safeParse(reply.value).success)
        return wrongShape('mark-processed', 'it does not say `success`');
      // Its `processed_count` counts what was sent, not what was marked, so it proves nothing more.
      return { kind: 'ok', value: { sent: ids.length } };
    },

    async health(signal) {
      const reply = await http.call(
        { method: 'GET', path: '/api/webhooks/health', withKey: false, readTimeoutMs: healthMs },
        signal,
      );
      if (reply.kind === 'failed') return reply;
      const parsed = healthy.safeParse(reply.value);
      if (!parsed.success) return wrongShape('health', 'it has no `status`');
      const { pending_events: pendingEvents, timestamp: atMs } = parsed.data;
      return { kind: 'ok', value: { pendingEvents, atMs } };
    },

    close: () => http.close(),
  };
}

function wrongShape(call: string, what: string): OdooReply<never> {
  return failed(
    'odoo-wrong-shape',
    200,
    `the answer to ${call} cannot be used: ${what}; check that ODOO_URL leads to auto_webhook and which version is installed`,
  );
}
