// Where a command works: the bridge it talks to, and how it shows what it got. One for each run of a command.
import { childEnvironment, loadClientConfig, readLocalKey, type LocalKey } from '../config';
import { readVersion } from '../version';
import { createClient, type JisrClient } from './client';
import type { CliIo } from './io';
import { fields, painted, table, type Cell, type TableLook } from './screen/table';
import { relative } from './screen/times';

export type OutputFormat = 'table' | 'json';

export interface Desk {
  readonly client: JisrClient;
  readonly io: CliIo;
  readonly isJson: boolean;
  readonly nowMs: number;
  /** Null where it does not go to a terminal. */
  readonly look: TableLook;
  say(line: string): void;
  /** Beside the answer: on the other stream, and not in JSON. */
  note(line: string): void;
  json(value: unknown): void;
  table(titles: readonly string[], rows: readonly (readonly Cell[])[]): void;
  fields(pairs: readonly (readonly [name: string, value: Cell | null])[]): void;
  heading(text: string): void;
  /** `3 min ago` on a terminal, else as it came. */
  time(time: string | null): string;
}

export interface DeskOptions {
  readonly output: OutputFormat;
  readonly timeoutMs?: number;
}

/** @throws ConfigError when JISR_URL or the key is not readable */
export function openDesk(io: CliIo, { output, timeoutMs }: DeskOptions): Desk {
  const isJson = output === 'json';
  const note = (line: string) => {
    if (!isJson) io.err(line);
  };
  const client = openClient(io, note, timeoutMs);
  const nowMs = (io.nowMs ?? Date.now)();
  const look = { columns: io.screen?.columns() ?? null, hasColour: io.screen?.hasColour ?? false };
  const lines = (of: readonly string[]) => {
    for (const line of of) io.out(line);
  };
  return {
    client,
    io,
    isJson,
    nowMs,
    look,
    say: io.out,
    note,
    json: (value) => {
      io.out(JSON.stringify(value, null, 2));
    },
    table: (titles, rows) => {
      lines(table(titles, rows, look));
    },
    fields: (pairs) => {
      lines(fields(pairs, look));
    },
    heading: (text) => {
      io.out('');
      io.out(painted({ text, tone: 'strong' }, look));
    },
    time: (time) => {
      if (time === null) return '';
      return io.screen === undefined ? time : relative(time, nowMs);
    },
  };
}

function openClient(io: CliIo, note: (line: string) => void, timeoutMs: number | undefined): JisrClient {
  const { url, apiKey } = loadClientConfig(io.env, io.workingFolder);
  const local = apiKey === null ? localKeyFor(url, io) : null;
  if (local !== null)
    note(`neither JISR_API_KEY nor JISR_API_KEY_FILE is set: using the key of ${local.from}`);
  return createClient({
    url,
    key: apiKey ?? local?.key ?? null,
    userAgent: `jisr-cli/${readVersion()}`,
    enough: io.enough,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/** The key of this machine goes to no other one. */
function localKeyFor(url: string, { env = childEnvironment(), workingFolder = '.' }: CliIo): LocalKey | null {
  const { hostname } = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return isHere ? readLocalKey(env, workingFolder) : null;
}
