// Values as the present mobile clients send them: an optional one may be null, a number may be a text, a time may
// lack its zone, and what is not known is ignored. Must take whatever the service before took.
import { z } from 'zod';
import { text } from './fields';

export function number({ least, most }: { readonly least: number; readonly most: number }) {
  const expected = `a whole number from ${least} to ${most}`;
  const digits = z
    .string(expected)
    .regex(/^\d{1,15}$/, expected)
    .transform(Number);
  return z
    .union([z.int(expected), digits], expected)
    .refine((value) => value >= least && value <= most, expected);
}

/** Of the inbox. */
export const eventId = number({ least: 1, most: Number.MAX_SAFE_INTEGER });

export const deviceFields = {
  user_id: number({ least: 1, most: Number.MAX_SAFE_INTEGER }),
  device_id: text,
};

/** RFC 3339, in UTC where it says nothing, as epoch ms; also as Odoo writes it, and with a `+` that a query lost. */
const TIME = 'a time from 1970 on, such as 2026-11-24T02:00:00Z';
export const time = z
  .string(TIME)
  .transform((value) => value.replace(/^(\d{4}-\d\d-\d\d) /, '$1T').replace(/ (?=\d\d:?\d\d$)/, '+'))
  .pipe(z.iso.datetime({ offset: true, local: true, error: TIME }))
  .transform((value) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`))
  .refine((ms) => ms >= 0, TIME);
