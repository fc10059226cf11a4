// Where Odoo pushes to, in which shapes, and what became of a push.
// Types, and the list of shapes that they are made from.

/**
 * `instant`: sent at the commit. `builder`: sent by the next cron run. `batch`: the same, up to 100 in one body.
 * `instant-then-builder`: both, under one event id, as for a change made in the web client. `none`: there is no
 * rule that pushes it, so it takes no push id either.
 */
export const PUSH_SHAPES = ['instant', 'builder', 'batch', 'instant-then-builder', 'none'] as const;
export type PushShape = (typeof PUSH_SHAPES)[number];

/** The shape of one request. */
export type SentShape = 'instant' | 'builder' | 'batch';

/** As typed into Odoo's form: nothing is encoded, and an empty one is sent in Odoo's own way. */
export type PushCredentials =
  | { readonly kind: 'bearer'; readonly token: string }
  /** Default header X-API-Key. */
  | { readonly kind: 'api-key'; readonly header?: string; readonly key: string }
  /** What comes after `Basic `. */
  | { readonly kind: 'basic'; readonly text: string }
  | { readonly kind: 'none' };

/** A webhook.subscriber. */
export interface PushTarget {
  readonly url: string;
  readonly credentials: PushCredentials;
  /** Of changes that name none. Default `instant`. */
  readonly shape?: PushShape;
  /** After so long Odoo gives up. Default 30,000. */
  readonly timeoutMs?: number;
  /** More wait their turn. Default 20. */
  readonly maxConcurrent?: number;
  /** How long after a change the cron runs by itself; null: only when runCron() is called. Default 50. */
  readonly cronEveryMs?: number | null;
  /** Of what the cron sends: Odoo leaves custom headers out of an instant push. Default application/json. */
  readonly contentType?: string;
}

/** One request, or one event of a batch. Nothing is sent again because of its answer. */
export interface PushRecord {
  readonly shape: SentShape;
  readonly eventId: number;
  /** When it was sent, on the simulator's clock. */
  readonly atMs: number;
  /** Null: no answer, or none in time. */
  readonly status: number | null;
  /** How long Odoo waited for the answer, or until it gave up. */
  readonly answerMs: number;
}
