// Places in the feed as clients name them, and what they are told when one does not fit.
import { z } from 'zod';
import { Problem } from '../problem';

const PLACE = 'the id of the last event you have, a whole number; 0 for the beginning';

export const placeText = z
  .string(PLACE)
  .regex(/^\d{1,15}$/, PLACE)
  .transform(Number);

/** From the header `Last-Event-ID`. */
export function placeIn(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  const place = placeText.safeParse(header);
  if (place.success) return place.data;
  const errors = [
    { where: 'header.last-event-id', found: JSON.stringify(header.slice(0, 100)), expected: PLACE },
  ];
  throw new Problem(400, 'correct header.last-event-id: `errors` says what is expected', { errors });
}

export function placeBeyond(place: number, end: number): Problem {
  const what = `the inbox ends at ${end}, before your place ${place}: it is another one, or was restored`;
  return new Problem(
    400,
    `${what}; begin with last_event_id=0, or without a place for what comes from now on`,
  );
}

export function feedIsFull(): Problem {
  const detail = 'this process serves as many live readers as it can: try again, or ask another one';
  return new Problem(503, detail, { headers: { 'Retry-After': '5' } });
}
