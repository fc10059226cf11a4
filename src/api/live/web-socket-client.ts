// One WebSocket: its conversation, its heartbeat, its end. Holds no more for a client than some messages.
import type { RawData, WebSocket } from 'ws';
import { createConversation, type Conversation, type ConversationParts } from './conversation';

const MAX_MESSAGES_WAITING = 100;
/** What may wait in this process for one client, beside one event. */
const MAX_BUFFERED_BYTES = 262_144;
export const AUTH_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 1_000;
/** Codes of RFC 6455 and its registry. */
const GOING_AWAY = 1_001;
const POLICY = 1_008;
const TRY_LATER = 1_013;

export function serveClient(
  webSocket: WebSocket,
  parts: Omit<ConversationParts, 'seat' | 'send' | 'end'>,
): void {
  // It closes itself then.
  webSocket.on('error', () => undefined);
  const closeSoon = (code: number, reason: string) => {
    webSocket.close(code, reason);
    setTimeout(() => {
      webSocket.terminate();
    }, CLOSE_WITHIN_MS).unref();
  };
  const seat = parts.feed.sit(() => {
    closeSoon(GOING_AWAY, 'this process ends: connect again');
  });
  if (seat === null) {
    closeSoon(TRY_LATER, 'too many readers: try again');
    return;
  }
  const send = (message: object) => sendTo(webSocket, message);
  const end = () => {
    closeSoon(POLICY, '');
  };
  const conversation = createConversation({ ...parts, seat, send, end });

  let waiting = 0;
  webSocket.on('message', (data: RawData) => {
    waiting += 1;
    if (waiting > MAX_MESSAGES_WAITING) webSocket.terminate();
    else void conversation.hear(textOf(data)).finally(() => (waiting -= 1));
  });
  const auth = setTimeout(() => {
    if (conversation.isKnown()) return;
    void send({ type: 'error', message: 'no key came within 10 s: connect again and send it first' });
    end();
  }, AUTH_WITHIN_MS);
  const stopBeating = beat(webSocket, conversation, parts.feed.limits.heartbeatMs);
  webSocket.on('close', () => {
    clearTimeout(auth);
    stopBeating();
    seat.leave();
  });
}

/** Resolves when there is room for more, or the client is gone. */
function sendTo(webSocket: WebSocket, message: object): Promise<void> {
  return new Promise((resolve) => {
    webSocket.send(JSON.stringify(message), () => {
      resolve();
    });
    if (webSocket.bufferedAmount < MAX_BUFFERED_BYTES) resolve();
  });
}

/** Pings, drops who does not answer, and tells the place when it moved on without an event. */
function beat(webSocket: WebSocket, conversation: Conversation, everyMs: number): () => void {
  let isAlive = true;
  let told = 0;
  webSocket.on('pong', () => (isAlive = true));
  const timer = setInterval(() => {
    // What waits to be sent would hold the ping up; a socket that takes nothing has its own limit.
    if (webSocket.bufferedAmount > 0) return;
    if (!isAlive) {
      webSocket.terminate();
      return;
    }
    isAlive = false;
    webSocket.ping();
    const place = conversation.place() ?? 0;
    if (place <= told) return;
    told = place;
    void sendTo(webSocket, { type: 'place', last_event_id: place });
  }, everyMs);
  return () => {
    clearInterval(timer);
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
