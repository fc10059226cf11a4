// What is said over one WebSocket: who asks, which models are wanted, from which place on. One connection has one
// place. A wrong message is answered, and changes nothing.
import { z } from 'zod';
import type { Logger } from '../../logger';
import { errorCodeOf, innermostMessage } from '../../store/errors';
import type { ListedEvent } from '../../store/events/read';
import type { KeyCheck } from '../auth';
import { text } from '../fields';
import type { TemporalUi } from '../present';
import { fedEvent } from './fed-event';
import type { Feed, FeedReader, Seat } from './feed';
import { placeBeyond } from './places';

export interface ConversationParts {
  readonly feed: Feed;
  readonly seat: Seat;
  readonly isRight: KeyCheck;
  /** The key came with the request. */
  readonly isKnown: boolean;
  /** Resolves when there is room for more, or the client is gone; never rejects. */
  readonly send: (message: object) => Promise<void>;
  /** Ends the connection because of what was said. */
  readonly end: () => void;
  readonly ui: TemporalUi;
  readonly log: Logger;
}

export interface Conversation {
  isKnown(): boolean;
  /** Answers it, after those before it. Never rejects. */
  hear(message: string): Promise<void>;
  /** Up to where all was sent; null while nothing is read. */
  place(): number | null;
}

const MAX_MODELS = 100;
const models = z.array(text).min(1).max(MAX_MODELS);
const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auth'), key: z.string() }),
  z.strictObject({ type: z.literal('subscribe'), models, last_event_id: z.int().min(0).optional() }),
  z.strictObject({ type: z.literal('unsubscribe'), models }),
]);
type Message = z.output<typeof message>;

const WHAT_TO_SEND =
  'send {"type":"auth","key":…}, {"type":"subscribe","models":["res.partner","sale.*"],"last_event_id":…} or {"type":"unsubscribe","models":[…]}';

export function createConversation(parts: ConversationParts): Conversation {
  const { feed, seat, isRight, send, end, ui, log } = parts;
  let isKnown = parts.isKnown;
  let wanted: readonly string[] = [];
  let reader: FeedReader | null = null;
  let before: Promise<void> = Promise.resolve();
  const refuse = (why: string) => send({ type: 'error', message: why });

  async function answer(sent: string): Promise<void> {
    const said = parse(sent);
    if (said === null) return refuse(`the message is not understood: ${WHAT_TO_SEND}`);
    if (said.type === 'auth') return authenticate(said.key);
    if (!isKnown) return refuse('say who you are first: send {"type":"auth","key":"…"}');
    const isMore = said.type === 'subscribe';
    const others = wanted.filter((model) => !said.models.includes(model));
    return isMore
      ? subscribe([...others, ...said.models], said.last_event_id)
      : readOn(others, await placeNow());
  }

  async function authenticate(key: string): Promise<void> {
    isKnown ||= isRight(key);
    await (isKnown ? send({ type: 'authenticated' }) : refuse('the key is not the right one'));
    if (!isKnown) end();
  }

  async function subscribe(all: readonly string[], asked: number | undefined): Promise<void> {
    if (reader !== null && asked !== undefined)
      return refuse('this connection has a place already: leave last_event_id out, or open another one');
    if (all.length > MAX_MODELS) return refuse(`at most ${MAX_MODELS} models: take patterns, such as sale.*`);
    const newest = await placeNow();
    if (asked !== undefined && asked > newest) return refuse(placeBeyond(asked, newest).detail);
    await readOn(all, asked ?? newest);
  }

  /** Where this connection is; before it reads, the end. */
  async function placeNow(): Promise<number> {
    if (reader === null) return feed.end();
    await reader.stop();
    return reader.place();
  }

  async function readOn(all: readonly string[], from: number): Promise<void> {
    wanted = all;
    reader = null;
    await send({ type: 'subscribed', models: wanted, last_event_id: from });
    if (wanted.length === 0) return;
    const take = (event: ListedEvent) => send({ type: 'event', id: event.seq, event: fedEvent(event, ui) });
    reader = seat.read({ filter: { models: wanted }, from, withPayload: false, take });
  }

  return {
    isKnown: () => isKnown,
    place: () => reader?.place() ?? null,
    hear: (sent) => {
      before = before
        .then(() => answer(sent))
        .catch((error: unknown) => {
          log.warn({ code: errorCodeOf(error), error: innermostMessage(error) }, 'live message put off');
          return refuse('the database does not answer: see that it is up, then send it again');
        });
      return before;
    },
  };
}

function parse(sent: string): Message | null {
  try {
    return message.safeParse(JSON.parse(sent)).data ?? null;
  } catch {
    return null;
  }
}
