// Traces by OpenTelemetry, sent to where the configuration says. Its SDK is loaded by the start of it and by nothing
// else: who sets no endpoint pays nothing. No payload, key or path of a subscriber gets into a span.
import { hostname } from 'node:os';
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import type * as Sdk from '@opentelemetry/sdk-trace-node';
import type { TracingConfig } from './config';
import { pairsOf } from './config/values';
import type { WorkflowSpan } from './contracts/workflow-spans';
import { assertNever } from './domain/assert-never';
import { isRecorded, type TraceParent } from './domain/trace-parent';
import { messageOf } from './system-error';

export interface SpanToMake {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'internal';
  readonly attributes: Attributes;
  /** What it belongs to; without it the span around, or a trace of its own. */
  readonly parent?: TraceParent | null;
}

export interface Tracing {
  /** Around what it does; fails as that fails. */
  within<T>(wanted: SpanToMake, work: (span: Span) => Promise<T>): Promise<T>;
  /** The span around, for who is called from here; null outside of one, and where none is recorded. */
  here(): TraceParent | null;
  ended(span: WorkflowSpan): void;
  /** Sends what is left. */
  stop(): Promise<void>;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
} as const;

/** Once per process. */
export async function startTracing(
  { url, headers, serviceName, resource: told, sampler, share }: TracingConfig,
  { version, role }: { readonly version: string; readonly role: string },
): Promise<Tracing> {
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const resource = resourceFromAttributes({
    'service.version': version,
    'service.instance.id': `${hostname()}:${process.pid}`,
    'jisr.role': role,
    ...told,
    'service.name': serviceName,
  });
  const given = headers === null ? {} : { headers: pairsOf(headers.reveal()) };
  const sending = new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url, ...given }));
  const provider = new sdk.NodeTracerProvider({
    resource,
    sampler: samplerOf(sdk, sampler, share),
    spanProcessors: [sending],
  });
  provider.register();
  const scope = { name: 'jisr', version };
  const tracer = provider.getTracer(scope.name, scope.version);

  return {
    within: ({ name, kind, attributes, parent }, work) => {
      const around = parent == null ? context.active() : belongingTo(parent);
      return tracer.startActiveSpan(name, { kind: KINDS[kind], attributes }, around, async (span) => {
        try {
          return await work(span);
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    here: () => {
      const span = trace.getActiveSpan()?.spanContext();
      if (span === undefined) return null;
      const here = { traceId: span.traceId, spanId: span.spanId, flags: span.traceFlags };
      return isRecorded(here) ? here : null;
    },
    ended: (span) => {
      const { own, parentSpanId, failure } = span;
      sending.onEnd({
        name: span.name,
        kind: SpanKind.INTERNAL,
        spanContext: () => spanContext(own),
        parentSpanContext: spanContext({ ...own, spanId: parentSpanId }),
        startTime: hrTime(span.startMs),
        endTime: hrTime(span.endMs),
        duration: hrTime(span.endMs - span.startMs),
        status:
          failure === null
            ? { code: SpanStatusCode.UNSET }
            : { code: SpanStatusCode.ERROR, message: failure },
        attributes: { 'temporal.workflow_id': span.workflowId, 'temporal.run_id': span.runId },
        links: [],
        events: [],
        ended: true,
        resource,
        instrumentationScope: scope,
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      });
    },
    stop: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}

function samplerOf(sdk: typeof Sdk, sampler: TracingConfig['sampler'], share: number) {
  const { AlwaysOnSampler, AlwaysOffSampler, ParentBasedSampler, TraceIdRatioBasedSampler } = sdk;
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(share);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) });
    default:
      return assertNever(sampler);
  }
}

function belongingTo(parent: TraceParent): Context {
  return trace.setSpanContext(context.active(), { ...spanContext(parent), isRemote: true });
}

function spanContext({ traceId, spanId, flags }: TraceParent): SpanContext {
  return { traceId, spanId, traceFlags: flags };
}

function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
