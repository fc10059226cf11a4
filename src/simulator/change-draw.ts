// Chooses what changes next: model, record and operation, the same for the same seed.
// Never makes the change; record ids never begin again, or two changes could not be told apart.

import type { Operation, Priority } from '../domain/event';
import { hash32, pick } from './random';
import type { NewChange } from './change-types';

/** Weighted so that an event averages 2.9 kB, as Odoo's do. */
const MODELS = [
  'res.partner',
  'sale.order',
  'mail.message',
  'res.partner',
  'product.template',
  'mail.message',
  'sale.order',
  'res.partner',
] as const;

const PRIORITIES: ReadonlyMap<string, Priority> = new Map([
  ['sale.order', 'high'],
  ['product.template', 'low'],
]);

export interface ChangedRecord {
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
}

export function usualPriority(model: string): Priority {
  return PRIORITIES.get(model) ?? 'medium';
}

/** The records of one model that exist. */
class Records {
  private readonly live: number[] = [];
  private readonly places = new Map<number, number>();
  nextId = 1;

  get count(): number {
    return this.live.length;
  }

  /** -1: there is none. */
  get newest(): number {
    return this.live.at(-1) ?? -1;
  }

  at(place: number): number | undefined {
    return this.live[place];
  }

  has(id: number): boolean {
    return this.places.has(id);
  }

  add(id: number): void {
    this.nextId = Math.max(this.nextId, id + 1);
    if (this.has(id)) return;
    this.places.set(id, this.live.push(id) - 1);
  }

  /** The last one takes its place: a splice would be slow among many. */
  remove(id: number): void {
    const place = this.places.get(id);
    if (place === undefined) return;
    const last = this.live.pop() ?? id;
    this.places.delete(id);
    if (last === id) return;
    this.live[place] = last;
    this.places.set(last, place);
  }
}

export class ChangeDraw {
  private readonly records = new Map<string, Records>();
  private drawn = 0;

  constructor(private readonly seed: number) {}

  next({ model = pick(MODELS, this.draw()), recordId, operation }: NewChange): ChangedRecord {
    const records = this.recordsOf(model);
    const chosen = operation ?? this.usualOperation(records, recordId);
    const id = recordId ?? this.usualRecord(records, chosen);
    if (chosen === 'unlink') records.remove(id);
    else records.add(id);
    return { model, recordId: id, operation: chosen };
  }

  /** -1 while the model has none. */
  anyRecordOf(model: string): number {
    return this.records.get(model)?.newest ?? -1;
  }

  private usualOperation(records: Records, recordId: number | undefined): Operation {
    if (recordId !== undefined) return records.has(recordId) ? 'write' : 'create';
    if (records.count === 0) return 'create';
    const percent = this.draw() % 100;
    if (percent < 30) return 'create';
    return percent < 97 ? 'write' : 'unlink';
  }

  private usualRecord(records: Records, operation: Operation): number {
    if (operation === 'create' || records.count === 0) return records.nextId;
    return records.at(this.draw() % records.count) ?? records.nextId;
  }

  private recordsOf(model: string): Records {
    const known = this.records.get(model);
    if (known !== undefined) return known;
    const made = new Records();
    this.records.set(model, made);
    return made;
  }

  private draw(): number {
    return hash32(this.seed, 'draw', this.drawn++);
  }
}
