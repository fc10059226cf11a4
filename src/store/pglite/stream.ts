// A connection to PGlite, as the driver of PostgreSQL wants one: in place of its socket.
import { Duplex } from 'node:stream';
import type { ThreadRequest } from './messages';
import { RequestSplitter } from './request-splitter';

export type AskThread = (request: ThreadRequest) => Promise<Uint8Array | null>;

export class PgliteStream extends Duplex {
  private readonly splitter = new RequestSplitter();

  constructor(private readonly ask: AskThread) {
    super();
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    for (const bytes of this.splitter.add(chunk)) void this.send(bytes);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.ask({ kind: 'reset' }).then(
      () => {
        done(error);
      },
      (failure: unknown) => {
        done(error ?? asError(failure));
      },
    );
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  private async send(bytes: Uint8Array): Promise<void> {
    try {
      const answer = await this.ask({ kind: 'protocol', bytes });
      if (!this.destroyed && !this.writableEnded) this.push(answer);
    } catch (error) {
      this.destroy(asError(error));
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
