// What a check-up is given to look with, beside the store.
import type { OdooFacts } from '../../domain/checkups/odoo';
import type { TemporalFacts } from '../../domain/checkups/temporal';

/** What the interface cannot look at by itself. */
export interface Looks {
  /** Null for a source that is not pulled. */
  readonly odoo: (source: string) => (() => Promise<OdooFacts>) | null;
  readonly temporal: (workflowIds: readonly string[]) => Promise<TemporalFacts>;
  /** Of the disk that the store lies on; null where that is another machine's. */
  readonly freeBytes: () => Promise<number | null>;
  readonly version: string;
}
