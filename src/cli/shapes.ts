// What the bridge answers, as far as tables show it. Never the whole: `--output json` passes on what came.
import { z } from 'zod';

const time = z.string().nullable();

export const eventShape = z.object({
  key: z.string(),
  source: z.string(),
  push_id: z.string().nullable(),
  pull_id: z.string().nullable(),
  channel: z.string(),
  model: z.string(),
  record_id: z.number(),
  operation: z.string(),
  occurred_at: z.string(),
  received_at: z.string(),
  processed_at: time,
  priority: z.string(),
  category: z.string().nullable(),
  user: z.object({ id: z.number().nullable(), name: z.string().nullable() }).nullable(),
  changed_fields: z.array(z.string()).nullable(),
  status: z.string(),
  temporal_url: z.string().nullable(),
});

export const deliveryShape = z.object({
  id: z.string(),
  event_key: z.string(),
  subscription: z.object({ id: z.string(), name: z.string() }),
  state: z.string(),
  next_attempt_at: time,
  attempts: z.array(
    z.object({
      at: z.string(),
      status: z.number().nullable(),
      duration_ms: z.number(),
      response: z.string().nullable(),
      error_class: z.string().nullable(),
      message: z.string().nullable(),
    }),
  ),
});
export type Delivery = z.output<typeof deliveryShape>;

export const wholeEventShape = eventShape.extend({
  payload: z.unknown(),
  copies: z.array(
    z.object({
      channel: z.string(),
      id: z.string().nullable(),
      first_at: z.string(),
      last_at: z.string(),
      times: z.number(),
    }),
  ),
  deliveries: z.array(deliveryShape),
  actions: z.array(z.object({ action: z.string(), reason: z.string().nullable(), at: z.string() })),
});
export type WholeEvent = z.output<typeof wholeEventShape>;

export const sourceShape = z.object({
  name: z.string(),
  state: z.string(),
  state_detail: z.string().nullable(),
  paused_reason: z.string().nullable(),
  cursor: z.number().nullable(),
  last_success_at: time,
  last_error: z.object({ code: z.string(), message: z.string(), at: z.string() }).nullable(),
  next_pull_at: time,
  interval_ms: z.number().nullable(),
  limit: z.number().nullable(),
  counts: z.record(z.string(), z.number()),
});
export type Source = z.output<typeof sourceShape>;

export const modelShape = z.object({
  model: z.string(),
  events: z.number(),
  last_event: z.string().nullable(),
  last_received_at: time,
});

export const reconciliationShape = z.object({
  source: z.string(),
  pulled: z.number(),
  pushed: z.number(),
  accepted: z.number(),
  duplicates: z.number(),
  acknowledged: z.number(),
  delivered: z.number(),
  pending: z.number(),
  quarantined: z.number(),
  dead_letter: z.number(),
  gaps: z.array(
    z.object({ from: z.number(), to: z.number(), age_seconds: z.number().nullable(), kind: z.string() }),
  ),
  complete: z.boolean(),
  verdict: z.string(),
});

export type Reconciliation = z.output<typeof reconciliationShape>;

export const subscriptionShape = z.object({
  id: z.string(),
  name: z.string(),
  filter: z.record(z.string(), z.array(z.string())),
  url: z.string(),
  ordered: z.boolean(),
  coalesce: z.boolean(),
  rate_per_second: z.number().nullable(),
  status: z.string(),
  status_reason: z.string().nullable(),
  seeded: z.boolean(),
  previous_secret_until: time,
  created_at: z.string(),
  failing_since: time,
  failures: z.number(),
  circuit: z.string(),
  circuit_open_until: time,
  secret: z.string().optional(),
});
export type Subscription = z.output<typeof subscriptionShape>;

export const quarantineShape = z.object({
  id: z.number(),
  source: z.string(),
  channel: z.string(),
  reason: z.string(),
  status: z.string(),
  first_at: z.string(),
  last_at: z.string(),
  times: z.number(),
  settled_at: time.default(null),
  settled_by: z.string().nullable().default(null),
  settled_reason: z.string().nullable().default(null),
  key: z.string().nullable().default(null),
  raw_dropped_at: time.default(null),
});

const deadLetterGroupShape = z.object({
  error_class: z.string(),
  subscription: z.string().nullable(),
  subscription_name: z.string().nullable(),
  destination: z.string().nullable(),
  events: z.number(),
  oldest_at: time,
  newest_at: time,
  message: z.string().nullable(),
  hint: z.string(),
  sample_keys: z.array(z.string()),
});

export type DeadLetterGroup = z.output<typeof deadLetterGroupShape>;

export const deadLettersShape = z.object({ groups: z.array(deadLetterGroupShape), total: z.number() });

export const replayShape = z.object({
  id: z.string(),
  act: z.string(),
  filter: z.record(z.string(), z.unknown()),
  only: z.string(),
  subscription: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  rate_per_second: z.number().nullable(),
  actor: z.string(),
  reason: z.string().nullable(),
  state: z.string(),
  state_reason: z.string().nullable().default(null),
  waits_for: z.string().nullable().default(null),
  skips: z.record(z.string(), z.number()).default({}),
  planned: z.number().nullable(),
  done: z.number(),
  skipped: z.number(),
  created_at: z.string(),
  ended_at: time,
  temporal_url: z.string().nullable(),
});
export type Replay = z.output<typeof replayShape>;

export const noticeShape = z.object({
  id: z.number(),
  at: z.string(),
  kind: z.string(),
  subject: z.string(),
  message: z.string(),
});

export const statsShape = z.object({
  events: z.record(z.string(), z.number()),
  quarantined: z.number(),
  duplicates: z.number(),
  oldest_pending_seconds: z.number(),
});

/** What a bulk act would do. */
export const bulkShape = z.object({
  count: z.number(),
  without_payload: z.number().default(0),
  sample: z.array(z.unknown()),
});
export const replayIdShape = z.object({ id: z.string() });
