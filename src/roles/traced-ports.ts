// Ports with a span around what passes. Only put in where traces are wanted.
import type { WebhookSender } from '../channels/webhook/sender';
import { traceParentText } from '../domain/trace-parent';
import type { Tracing } from '../tracing';

/**
 * A subscriber gets the header, so that its own trace can go on from here. Where nothing around is recorded, an attempt
 * would be a trace of nothing else, and is none.
 */
export function tracedSender(sender: WebhookSender, tracing: Tracing | null): WebhookSender {
  if (tracing === null) return sender;
  return {
    ...sender,
    send: (webhook) => {
      if (tracing.here() === null) return sender.send(webhook);
      // Only the host: a path may hold a token.
      const host = URL.canParse(webhook.url) ? new URL(webhook.url).host : 'unknown';
      const attributes = {
        'server.address': host,
        'http.request.method': 'POST',
        'jisr.webhook_id': webhook.id,
      };
      return tracing.within({ name: `deliver to ${host}`, kind: 'client', attributes }, async (span) => {
        const here = tracing.here();
        const traced = here === null ? webhook : { ...webhook, traceparent: traceParentText(here) };
        const result = await sender.send(traced);
        span.setAttribute('jisr.outcome', result.kind);
        if (result.status !== null) span.setAttribute('http.response.status_code', result.status);
        if ('errorClass' in result) span.setAttribute('error.type', result.errorClass);
        return result;
      });
    },
  };
}
