// The payload of a change as JSON text: the same for the same seed and change, whenever it is asked for.
// Keeps only what a caller wrote himself, so 100,000 changes cost no memory here.

import type { JsonObject, Operation } from '../../domain/event';
import { writeJson } from '../python/json-writer';
import { hash32 } from '../random';
import type { Change } from '../change-types';
import { compileForm } from './form';
import type { FilledForm, PayloadForm } from './form';
import { MESSAGE } from './message';
import { PARTNER } from './partner';
import { PRODUCT } from './product';
import { SALE_ORDER } from './sale-order';

const FORMS: ReadonlyMap<string, PayloadForm> = new Map([
  ['res.partner', PARTNER],
  ['sale.order', SALE_ORDER],
  ['product.template', PRODUCT],
  ['mail.message', MESSAGE],
]);

/** Any other model: the least that every record has. */
const OTHER: PayloadForm = {
  ruleName: 'Any',
  changedFields: ['name'],
  displayName: (change) => `${change.model},${change.recordId}`,
  blanks: (change) => ({
    recordId: change.recordId,
    name: `${change.model},${change.recordId} (${change.serial})`,
  }),
  fields: { id: '{{recordId}}', name: '{{name}}' },
};

const RULE_VERBS: Readonly<Record<Operation, string>> = {
  create: 'Create',
  write: 'Update',
  unlink: 'Delete',
};

export class Payloads {
  private readonly compiled = new Map<string, FilledForm>();
  /** What a caller wrote himself. */
  private readonly written = new Map<number, string>();

  constructor(private readonly seed: number) {}

  write(serial: number, payload: JsonObject | null): void {
    // Odoo does not tell an empty payload from none.
    const empty = payload === null || Object.keys(payload).length === 0;
    this.written.set(serial, writeJson(empty ? false : payload));
  }

  /** What Odoo calls the configuration of a model. */
  configNameOf(model: string): string {
    return (FORMS.get(model) ?? OTHER).ruleName;
  }

  textOf(change: Change): string {
    return this.written.get(change.serial) ?? this.generated(change);
  }

  private generated(change: Change): string {
    const form = FORMS.get(change.model) ?? OTHER;
    const draws = {
      ofRecord: hash32(this.seed, change.model, change.recordId),
      ofChange: hash32(this.seed, change.serial),
    };
    return this.compiledFor(
      form,
      change.operation,
    )({
      ...form.blanks(change, draws),
      metaModel: change.model,
      metaId: change.recordId,
      displayName: form.displayName(change, draws),
    });
  }

  private compiledFor(form: PayloadForm, operation: Operation): FilledForm {
    const key = `${form.ruleName}/${operation}`;
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    const made = compileForm({ ...form.fields, ...metadata(form, operation) });
    this.compiled.set(key, made);
    return made;
  }
}

function metadata(form: PayloadForm, operation: Operation): JsonObject {
  return {
    _metadata: {
      id: '{{metaId}}',
      model: '{{metaModel}}',
      rule_id: 9,
      rule_name: `${form.ruleName} - ${RULE_VERBS[operation]}`,
      display_name: '{{displayName}}',
    },
    ...(operation === 'write' ? { _changed_fields: form.changedFields } : {}),
  };
}
