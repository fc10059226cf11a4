// What is told of many requests: how many a second, and how long the middle and the slowest hundredth took.
import { z } from 'zod';
import { percentile } from '../statistics';

export const latencies = z.object({
  count: z.number(),
  seconds: z.number(),
  perSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});
export type Latencies = z.infer<typeof latencies>;

export function latenciesOf(eachMs: readonly number[], seconds: number): Latencies {
  return {
    count: eachMs.length,
    seconds,
    perSecond: eachMs.length / seconds,
    p50Ms: percentile(eachMs, 50),
    p99Ms: percentile(eachMs, 99),
  };
}
