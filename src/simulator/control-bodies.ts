// What the control API accepts.
// Shapes only; the words are explained at the types they make.

import { z } from 'zod';

import { OPERATIONS, PRIORITIES } from '../domain/event';
import { ENDPOINTS } from './fault-types';
import type { Fault } from './fault-types';
import { PUSH_SHAPES } from './push/push-types';
import type { PushCredentials, PushTarget } from './push/push-types';

const bounds = {
  endpoints: z.exactOptional(z.array(z.enum(ENDPOINTS))),
  skip: z.exactOptional(z.int().nonnegative()),
  times: z.exactOptional(z.int().positive()),
};

const fault: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('database-down'), ...bounds }),
  z.strictObject({ kind: z.literal('addon-missing'), ...bounds }),
  z.strictObject({ kind: z.literal('no-key-configured'), ...bounds }),
  z.strictObject({
    kind: z.literal('query-failed'),
    reason: z.exactOptional(z.enum(['cancelled', 'connection-killed'])),
    ...bounds,
  }),
  z.strictObject({
    kind: z.literal('server-error'),
    body: z.enum(['json', 'html']),
    status: z.exactOptional(z.int().min(500).max(599)),
    ...bounds,
  }),
  z.strictObject({ kind: z.literal('slow'), delayMs: z.int().nonnegative(), ...bounds }),
  z.strictObject({
    kind: z.literal('answer-lost'),
    afterBytes: z.exactOptional(z.int().nonnegative()),
    ...bounds,
  }),
  z.strictObject({ kind: z.literal('more-before-empty-page'), ...bounds }),
  z.strictObject({ kind: z.literal('page-cap'), rows: z.int().positive(), ...bounds }),
  z.strictObject({ kind: z.literal('older-addon'), ...bounds }),
  z.strictObject({ kind: z.literal('late-commit'), visibleAfterMs: z.int().nonnegative(), ...bounds }),
  z.strictObject({ kind: z.literal('lost-pull-row'), ...bounds }),
  z.strictObject({ kind: z.literal('lost-push'), ...bounds }),
  z.strictObject({ kind: z.literal('lost-both'), ...bounds }),
]);

export const faultsBody = z.array(fault);

export const newChangeBody = z.strictObject({
  model: z.exactOptional(z.string().min(1)),
  recordId: z.exactOptional(z.int().positive()),
  operation: z.exactOptional(z.enum(OPERATIONS)),
  priority: z.exactOptional(z.enum(PRIORITIES).nullable()),
  category: z.exactOptional(z.string().nullable()),
  payload: z.exactOptional(z.record(z.string(), z.json()).nullable()),
  push: z.exactOptional(z.enum(PUSH_SHAPES)),
});

export const changesBody = z.strictObject({
  count: z.int().positive().max(1_000_000).default(1),
  each: newChangeBody.default({}),
});

export const keyBody = z.strictObject({ key: z.string().nullable() });

const credentials: z.ZodType<PushCredentials> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bearer'), token: z.string() }),
  z.strictObject({ kind: z.literal('api-key'), header: z.exactOptional(z.string().min(1)), key: z.string() }),
  z.strictObject({ kind: z.literal('basic'), text: z.string() }),
  z.strictObject({ kind: z.literal('none') }),
]);

const pushTarget: z.ZodType<PushTarget> = z.strictObject({
  url: z.url(),
  credentials,
  shape: z.exactOptional(z.enum(PUSH_SHAPES)),
  timeoutMs: z.exactOptional(z.int().positive()),
  maxConcurrent: z.exactOptional(z.int().positive()),
  cronEveryMs: z.exactOptional(z.int().nonnegative().nullable()),
  contentType: z.exactOptional(z.string().min(1)),
});

export const pushBody = z.strictObject({ target: pushTarget.nullable() });

export const testEventBody = z.strictObject({ model: z.string().min(1).optional() });

export const skipBody = z.strictObject({ count: z.int().nonnegative() });

/** Of a list of the ledger: what comes after this serial, at most so many. */
export const listQuery = z.object({
  afterSerial: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(100_000).default(1000),
});
