// Reads the live stream as a consumer would: keeps the place it has come to, and resumes there after a cut.
// Knows nothing of the store: what it has is what the verdict believes.
import { setTimeout as after } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';

export interface StreamedEvent {
  readonly seq: number;
  readonly key: string;
}

export interface StreamReader {
  /** In the order in which they came. */
  readonly seen: readonly StreamedEvent[];
  /** Breaks the connection, as a network does; it is made again by itself. */
  cut(): void;
  close(): Promise<void>;
}

const RECONNECT_MS = 200;

/** From the first event on. */
export function startStreamReader(url: string, key: string): StreamReader {
  const seen: StreamedEvent[] = [];
  const end = new AbortController();
  let connection = new AbortController();
  let place = '0';

  async function read(): Promise<void> {
    connection = new AbortController();
    const { statusCode, body } = await request(`${url}/api/v1/events/stream`, {
      headers: { authorization: `Bearer ${key}`, 'last-event-id': place },
      signal: AbortSignal.any([connection.signal, end.signal]),
      bodyTimeout: 0,
    });
    if (statusCode !== 200) throw new Error(`the stream was answered ${statusCode}`);
    let rest = '';
    body.setEncoding('utf8');
    for await (const piece of body) {
      const messages = `${rest}${String(piece)}`.split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) take(message);
    }
  }

  function take(message: string): void {
    const lines = message.split('\n');
    const valuesOf = (name: string) =>
      lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
    const data = valuesOf('data').join('\n');
    if (data !== '') seen.push(streamed.parse(JSON.parse(data)));
    place = valuesOf('id').at(-1) ?? place;
  }

  const reading = (async () => {
    while (!end.signal.aborted) {
      await read().catch(() => undefined);
      await after(RECONNECT_MS, null, { signal: end.signal }).catch(() => undefined);
    }
  })();
  return {
    seen,
    cut: () => {
      connection.abort();
    },
    close: async () => {
      end.abort();
      await reading;
    },
  };
}

const streamed = z.object({ seq: z.number(), key: z.string() });
