// Which events get a workflow of their own, and which go in batches: one word for all, and rules in jisr.yaml.
import { PRIORITIES } from '../domain/event';
import { PROCESSING_MODES, type ProcessingPolicy } from '../domain/processing';
import { requiredValue } from './rules';
import type { SettingReader, YamlSection } from './setting-reader';
import { oneOf, severalOf, text } from './values';

const mode = oneOf(PROCESSING_MODES);

export function readProcessing(
  reader: SettingReader,
  limits: YamlSection,
  rules: readonly YamlSection[],
): ProcessingPolicy {
  const otherwise = reader.value({ variable: 'JISR_PROCESSING', section: limits, key: 'processing' }, mode);
  return {
    otherwise: otherwise ?? 'auto',
    rules: rules.flatMap((section) => {
      const setting = (key: string) => ({ variable: null, section, key });
      const wanted = requiredValue(reader, section, 'mode', mode);
      if (wanted === null) return [];
      return [
        {
          source: reader.value(setting('source'), text),
          model: reader.value(setting('model'), text) ?? '*',
          priorities: reader.value(setting('priorities'), severalOf(PRIORITIES)),
          mode: wanted,
        },
      ];
    }),
  };
}
