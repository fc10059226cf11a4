// Where traces go, by OpenTelemetry's own variables; nowhere without an endpoint.
// They stand in the environment only, so that every program of an installation reads the same.

import type { SettingReader, YamlSection } from './setting-reader';
import { TRACE_SAMPLERS, type TracingConfig } from './shape';
import { flag, httpUrl, oneOf, pairs, ratio, secretPairs, text } from './values';

const NONE: YamlSection = { where: 'tracing', values: {} };
const of = (variable: string) => ({ variable, section: NONE, key: variable });

/** Null: tracing is off, and nothing of it is loaded. */
export function readTracing(reader: SettingReader): TracingConfig | null {
  const base = reader.value(of('OTEL_EXPORTER_OTLP_ENDPOINT'), httpUrl);
  const whole = reader.value(of('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'), httpUrl);
  const isOff = reader.value(of('OTEL_SDK_DISABLED'), flag) ?? false;
  const exporter = reader.value(of('OTEL_TRACES_EXPORTER'), oneOf(['otlp', 'none']));
  // The only one that is spoken: a collector has it at its port 4318.
  reader.value(of('OTEL_EXPORTER_OTLP_PROTOCOL'), oneOf(['http/json']));
  const headers = reader.secret(of('OTEL_EXPORTER_OTLP_HEADERS'), secretPairs);
  const resource = reader.value(of('OTEL_RESOURCE_ATTRIBUTES'), pairs) ?? {};
  const serviceName = reader.value(of('OTEL_SERVICE_NAME'), text) ?? 'jisr';
  const sampler = reader.value(of('OTEL_TRACES_SAMPLER'), oneOf(TRACE_SAMPLERS)) ?? 'parentbased_always_on';
  const share = reader.value(of('OTEL_TRACES_SAMPLER_ARG'), ratio) ?? 1;
  const url = whole ?? (base === null ? null : `${base}/v1/traces`);
  if (url === null || isOff || exporter === 'none') return null;
  return { url, headers, serviceName, resource, sampler, share };
}
