// The record that a delivery is about, as one text. Only deliveries of subscriptions that keep an order, or send the
// newest only, carry it: the index on it stays small.

export function recordOf(event: {
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
}): string {
  return `${event.source} ${event.model}/${event.recordId}`;
}
