// The rules that say how urgent an event is, whatever Odoo says. Only jisr.yaml has them.
// Never drops a rule that it cannot read: a misspelt one would silently let the urgent wait.

import { z } from 'zod';
import { OPERATIONS, PRIORITIES } from '../domain/event';
import type { PriorityRule } from '../domain/priority-rules';
import type { SettingReader, YamlSection } from './setting-reader';
import { requiredValue } from './rules';
import { oneOf, severalOf, text, type ValueKind } from './values';

const names = (expected: string): ValueKind<readonly string[]> => ({
  schema: z.union([z.string().transform((one) => [one]), z.array(z.string().min(1)).min(1)]),
  expected,
});
const operations: ValueKind<PriorityRule['operations']> = severalOf(OPERATIONS);
const priority: ValueKind<PriorityRule['priority']> = oneOf(PRIORITIES);

export function readPriorityRules(
  reader: SettingReader,
  sections: readonly YamlSection[],
): readonly PriorityRule[] {
  return sections.flatMap((section) => {
    const setting = (key: string) => ({ variable: null, section, key });
    const urgency = requiredValue(reader, section, 'priority', priority);
    if (urgency === null) return [];
    return [
      {
        source: reader.value(setting('source'), text),
        model: reader.value(setting('model'), text) ?? '*',
        operations: reader.value(setting('operations'), operations),
        fields: reader.value(setting('fields'), names('the names of changed fields')),
        priority: urgency,
      },
    ];
  });
}
