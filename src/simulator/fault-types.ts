// The faults that a real Odoo was seen to have, and how long each lasts.
// Types, and the list of endpoints that they are made from.

export const ENDPOINTS = [
  'pull',
  'mark-processed',
  'health',
  'stats',
  'sync-state',
  'sync-state/update',
  'sync-state/stats',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Without bounds a fault lasts until it is cleared. */
interface FaultBounds {
  /** Default: every endpoint that the fault can happen on. */
  readonly endpoints?: readonly Endpoint[];
  /** So many occasions pass unharmed first. Default 0. */
  readonly skip?: number;
  /** So many occasions are harmed, then the fault is over. */
  readonly times?: number;
}

type FaultKind =
  /** A 404 page of the web server on every path, health included. */
  | { readonly kind: 'database-down' }
  /** Odoo's own 404 page. */
  | { readonly kind: 'addon-missing' }
  /** 401 for every key. */
  | { readonly kind: 'no-key-configured' }
  /**
   * The query was cancelled or its connection killed: pull answers 200 with an `error`,
   * mark-processed 500 as HTML with nothing marked, health 503, the others 500 as JSON.
   */
  | { readonly kind: 'query-failed'; readonly reason?: 'cancelled' | 'connection-killed' }
  /** Nothing is done. Default status 500. */
  | { readonly kind: 'server-error'; readonly body: 'json' | 'html'; readonly status?: number }
  /** Waits before it begins to work, as behind a locked table. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The work is done, then the connection breaks, after so many bytes of the answer's body (default 0). */
  | { readonly kind: 'answer-lost'; readonly afterBytes?: number }
  /** A page that holds rows says `has_more: true`, even the last one. */
  | { readonly kind: 'more-before-empty-page' }
  /** A page holds at most so many rows, whatever was asked. */
  | { readonly kind: 'page-cap'; readonly rows: number }
  /** mark-processed answers 500 when one id of the batch has no row, and marks none. */
  | { readonly kind: 'older-addon' }
  /** An occasion is a change: its id is taken at once, its row becomes visible after so long. */
  | { readonly kind: 'late-commit'; readonly visibleAfterMs: number }
  /** An occasion is a commit: its row of update.webhook is lost, so no pull has it; its push still goes. */
  | { readonly kind: 'lost-pull-row' }
  /** An occasion is the commit of a change that is pushed: its row of webhook.event is lost, the pull has it. */
  | { readonly kind: 'lost-push' }
  /** An occasion is a commit: both rows are lost inside Odoo, and nobody can know of the change. */
  | { readonly kind: 'lost-both' };

export type Fault = FaultKind & FaultBounds;

export interface FaultBox {
  /** The faults that can still happen, with what is left of their bounds. */
  readonly armed: readonly Fault[];
  /** Beside those that are armed. Of two of one kind the first counts until it is over. */
  readonly arm: (fault: Fault) => void;
  /** In place of all that are armed. */
  readonly set: (faults: readonly Fault[]) => void;
  /** Without a kind: all. */
  readonly clear: (kind?: Fault['kind']) => void;
}
