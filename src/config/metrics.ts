// Who may read /metrics, and where a worker that runs apart offers its own.

import type { SettingReader, YamlSection } from './setting-reader';
import type { MetricsConfig } from './shape';
import { text, wholeNumber } from './values';

export function readMetrics(reader: SettingReader, section: YamlSection): MetricsConfig {
  return {
    key: reader.secret({ variable: 'JISR_METRICS_KEY', section, key: 'key' }),
    host: reader.value({ variable: 'JISR_METRICS_HOST', section, key: 'host' }, text) ?? '127.0.0.1',
    port: reader.value({ variable: 'JISR_METRICS_PORT', section, key: 'port' }, wholeNumber(0, 65_535)),
  };
}
