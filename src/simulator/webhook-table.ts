// The table update.webhook: what pull reads and mark-processed writes.
// Knows no verdict: the ledger is kept apart, so that a mistake here cannot hide itself.

import type { Change } from './change-types';

interface Row {
  readonly change: Change;
  processed: boolean;
}

export interface RowFilter {
  readonly afterId: number;
  readonly models: readonly string[] | null;
  /** No row has a priority that is no string. */
  readonly priority: string | number | null;
  /** Infinity: no limit. */
  readonly limitRows: number;
}

export interface RowCounts {
  readonly total: number;
  readonly processed: number;
  readonly byModel: ReadonlyMap<string, number>;
  readonly byPriority: ReadonlyMap<string, number>;
}

/** Ids come from a sequence: what is rolled back or deleted leaves a gap for ever. */
export class WebhookTable {
  /** By id - firstId; a gap is undefined. */
  private rows: (Row | undefined)[] = [];
  private nextId: number;

  constructor(private readonly firstId: number) {
    this.nextId = firstId;
  }

  /** Takes an id; its row is not there yet. */
  allocate(): number {
    return this.nextId++;
  }

  /** Rows may come in another order than their ids were taken in. */
  insert(change: Change): void {
    this.rows[change.pullId - this.firstId] = { change, processed: false };
  }

  delete(id: number): boolean {
    if (!this.has(id)) return false;
    this.rows[id - this.firstId] = undefined;
    return true;
  }

  reset(): void {
    this.rows = [];
    this.nextId = this.firstId;
  }

  has(id: number): boolean {
    return this.rows[id - this.firstId] !== undefined;
  }

  select({ afterId, models, priority, limitRows }: RowFilter): readonly Change[] {
    const found: Change[] = [];
    for (let at = this.indexAfter(afterId); at < this.rows.length && found.length < limitRows; at++) {
      const row = this.rows[at];
      if (row === undefined || row.processed) continue;
      if (models !== null && !models.includes(row.change.model)) continue;
      if (priority !== null && row.change.priority !== priority) continue;
      found.push(row.change);
    }
    return found;
  }

  hasOpenAfter(id: number): boolean {
    for (let at = this.indexAfter(id); at < this.rows.length; at++) {
      if (this.rows[at]?.processed === false) return true;
    }
    return false;
  }

  /** Ids without a row are passed over. */
  markProcessed(ids: readonly number[]): void {
    for (const id of ids) {
      const row = this.rows[id - this.firstId];
      if (row !== undefined) row.processed = true;
    }
  }

  countOpen(): number {
    return this.rows.reduce((count, row) => (row?.processed === false ? count + 1 : count), 0);
  }

  countSince(epochMs: number): RowCounts {
    const byModel = new Map<string, number>();
    const byPriority = new Map<string, number>();
    let total = 0;
    let processed = 0;
    for (const row of this.rows) {
      if (row === undefined || row.change.occurredAtMs < epochMs) continue;
      total++;
      if (row.processed) processed++;
      addOne(byModel, row.change.model);
      addOne(byPriority, row.change.priority ?? 'false');
    }
    return { total, processed, byModel, byPriority };
  }

  private indexAfter(id: number): number {
    return Math.max(0, id + 1 - this.firstId);
  }
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
