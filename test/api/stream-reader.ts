// A client of the live feed by Server-Sent Events, which keeps all it got.
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { ADMIN_KEY } from './running-api';

export interface StreamReader {
  readonly status: number;
  readonly response: IncomingMessage;
  /** In the order they came; an id without data has null. */
  readonly messages: readonly { readonly id: string | null; readonly data: Record<string, unknown> | null }[];
  readonly comments: readonly string[];
  readonly retries: readonly number[];
  seqs(): readonly number[];
  /** As a browser keeps it. */
  lastId(): string;
  readonly ended: Promise<void>;
  close(): void;
}

export async function readStream(
  url: string,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamReader> {
  const request = get(`${url}/api/v1/events/stream?${query}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const messages: { id: string | null; data: Record<string, unknown> | null }[] = [];
  const [comments, retries]: [string[], number[]] = [[], []];
  let rest = '';
  let lastId = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0]!, line.slice(line.indexOf(': ') + 2)]),
      );
      if (fields.has('')) comments.push(fields.get('')!);
      if (fields.has('retry')) retries.push(Number(fields.get('retry')));
      lastId = fields.get('id') ?? lastId;
      const data = fields.get('data');
      if (fields.has('id') || data !== undefined)
        messages.push({
          id: fields.get('id') ?? null,
          data: data === undefined ? null : (JSON.parse(data) as Record<string, unknown>),
        });
    }
  });
  const ended = once(response, 'close').then(
    () => undefined,
    () => undefined,
  );
  response.on('error', () => undefined);
  const events = () => messages.flatMap(({ data }) => (data === null ? [] : [data]));
  return {
    status: response.statusCode!,
    response,
    messages,
    comments,
    retries,
    seqs: () => events().map((data) => data['seq'] as number),
    lastId: () => lastId,
    ended,
    close: () => request.destroy(),
  };
}
