// Runs a command of `jisr` in this process, as the program runs it, and keeps all that it says.
import { runCli } from '../../src/cli/cli';
import type { CliIo } from '../../src/cli/io';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Lines that were written over. */
  readonly rewritten: readonly string[];
  readonly asked: readonly string[];
}

export interface At {
  readonly url?: string;
  readonly key?: string;
  /** A terminal of this width; else a pipe. */
  readonly columns?: number;
  readonly hasColour?: boolean;
  /** What the person in front answers; without it nobody is there. */
  readonly answer?: string | null;
  readonly env?: Record<string, string>;
  readonly workingFolder?: string;
  readonly run?: CliIo['run'];
  readonly nowMs?: number;
  readonly enough?: AbortSignal;
}

/** @param words separated by blanks, or one by one where they hold some */
export async function jisr(words: string | readonly string[], at: At = {}): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const rewritten: string[] = [];
  const asked: string[] = [];
  const { url, key, columns, hasColour = false, answer, nowMs, run, enough } = at;
  const code = await runCli(typeof words === 'string' ? words.split(' ').filter(Boolean) : words, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    env: {
      ...(url === undefined ? {} : { JISR_URL: url }),
      ...(key === undefined ? {} : { JISR_API_KEY: key }),
      ...at.env,
    },
    workingFolder: at.workingFolder ?? '/nonexistent',
    ...(columns === undefined
      ? {}
      : { screen: { columns: () => columns, hasColour, rewrite: (line) => void rewritten.push(line) } }),
    ...(answer === undefined
      ? {}
      : {
          ask: (question) => {
            asked.push(question);
            return Promise.resolve(answer);
          },
        }),
    ...(nowMs === undefined ? {} : { nowMs: () => nowMs }),
    ...(run === undefined ? {} : { run }),
    ...(enough === undefined ? {} : { enough }),
  });
  return { code, out: out.join('\n'), err: err.join('\n'), rewritten, asked };
}
