// What the lists of rules in jisr.yaml have in common.
// Never drops a rule that it cannot read: a misspelt one would silently not count.
import type { SettingReader, YamlSection } from './setting-reader';
import type { ValueKind } from './values';

/** Null when it is missing or wrong, which is refused then. */
export function requiredValue<T>(
  reader: SettingReader,
  section: YamlSection,
  key: string,
  kind: ValueKind<T>,
): T | null {
  const value = reader.value({ variable: null, section, key }, kind);
  if (value === null && section.values[key] === undefined) {
    reader.refuse({ where: `${section.where}.${key}`, found: 'nothing', expected: kind.expected });
  }
  return value;
}
