// The rules that say how urgent an event is, whatever Odoo says. Only jisr.yaml has them.
// Never drops a rule that it cannot read: a misspelt one would silently let the urgent wait.

import { z } from 'zod';
import { OPERATIONS, PRIORITIES } from '../domain/event';
import type { PriorityRule } from '../domain/priority-rules';
import type { SettingReader, YamlSection } from './setting-reader';
import { text, type ValueKind } from './values';

const names = (expected: string): ValueKind<readonly string[]> => ({
  schema: z.union([z.string().transform((one) => [one]), z.array(z.string().min(1)).min(1)]),
  expected,
});
const operations: ValueKind<PriorityRule['operations']> = {
  schema: z.union([z.enum(OPERATIONS).transform((one) => [one]), z.array(z.enum(OPERATIONS)).min(1)]),
  expected: `one or several of ${OPERATIONS.join(', ')}`,
};
const priority: ValueKind<PriorityRule['priority']> = {
  schema: z.enum(PRIORITIES),
  expected: `one of ${PRIORITIES.join(', ')}`,
};

export function readPriorityRules(
  reader: SettingReader,
  sections: readonly YamlSection[],
): readonly PriorityRule[] {
  return sections.flatMap((section) => {
    const setting = (key: string) => ({ variable: null, section, key });
    const urgency = reader.value(setting('priority'), priority);
    if (urgency === null) {
      if (section.values['priority'] === undefined) {
        reader.refuse({ where: `${section.where}.priority`, found: 'nothing', expected: priority.expected });
      }
      return [];
    }
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
