// What the control API accepts.
// Shapes only; the words are explained at the types they make.

import { z } from 'zod';

import { OPERATIONS, PRIORITIES } from '../domain/event';
import { ENDPOINTS } from './fault-types';
import type { Fault } from './fault-types';

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
]);

export const faultsBody = z.array(fault);

export const newChangeBody = z.strictObject({
  model: z.exactOptional(z.string().min(1)),
  recordId: z.exactOptional(z.int().positive()),
  operation: z.exactOptional(z.enum(OPERATIONS)),
  priority: z.exactOptional(z.enum(PRIORITIES).nullable()),
  category: z.exactOptional(z.string().nullable()),
  payload: z.exactOptional(z.record(z.string(), z.json()).nullable()),
});

export const changesBody = z.strictObject({
  count: z.int().positive().max(1_000_000).default(1),
  each: newChangeBody.default({}),
});

export const keyBody = z.strictObject({ key: z.string().nullable() });

export const skipBody = z.strictObject({ count: z.int().nonnegative() });

/** Of a list of the ledger: what comes after this serial, at most so many. */
export const listQuery = z.object({
  afterSerial: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(100_000).default(1000),
});
