// What a run of one bench leaves behind: every raw figure, and all that one has to know to judge it.
// Holds no median: whoever reads it takes his own.
import { z } from 'zod';

export const UNITS = ['ms', 's', '1/s', '% of a core', 'MB', '×', 'events', 'bytes', 'acts'] as const;

const bound = z.strictObject({
  kind: z.enum(['must', 'aim']),
  /** Of the figure itself, or of figure ÷ yardstick. */
  of: z.enum(['figure', 'ratio']),
  limit: z.enum(['at most', 'at least']),
  value: z.number(),
});

const rounds = z.array(z.number()).min(1);

const figure = z
  .strictObject({
    /** Where: the engine and the layout of the processes. */
    group: z.string().min(1),
    what: z.string().min(1),
    unit: z.enum(UNITS),
    /** In the order of the rounds. */
    rounds,
    /** Measured in the same rounds, each beside its figure. */
    yardstick: z.strictObject({ what: z.string().min(1), rounds }).nullable(),
    bounds: z.array(bound),
  })
  .refine(({ rounds, yardstick }) => yardstick === null || yardstick.rounds.length === rounds.length, {
    error: 'a yardstick has as many rounds as its figure',
  })
  .refine(({ yardstick, bounds }) => yardstick !== null || bounds.every(({ of }) => of === 'figure'), {
    error: 'a bound on the ratio needs a yardstick',
  });

export const benchResult = z.strictObject({
  name: z.string().min(1),
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  /** Made to see that the bench runs, with too little of everything: no figure to believe. */
  quick: z.boolean(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** The working tree was not the commit. */
  dirty: z.boolean(),
  seed: z.int(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int().positive(),
    memoryBytes: z.int().positive(),
    system: z.string(),
  }),
  versions: z.record(z.string(), z.string()),
  /** Before anything of the bench ran. */
  load: z.strictObject({
    average: z.tuple([z.number(), z.number(), z.number()]),
    /** What others used, in percent of one core. */
    otherCpuPercent: z.number().nonnegative(),
  }),
  /** What could not be measured here, and why. */
  leftOut: z.array(z.string()),
  figures: z.array(figure).min(1),
});

export type Bound = z.infer<typeof bound>;
export type Figure = z.infer<typeof figure>;
export type FigureHead = Omit<Figure, 'rounds' | 'yardstick'> & { readonly yardstick?: string };
export type BenchResult = z.infer<typeof benchResult>;
