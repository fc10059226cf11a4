// Sends one request as Odoo's HTTP library does, and says what came back.
// Never repeats a request, whatever the answer.

import { Agent, request } from 'undici';

import type { PushHeaders } from './push-headers';
import type { PushRecord, PushTarget } from './push-types';

export type Exchange = Pick<PushRecord, 'atMs' | 'status' | 'answerMs'>;

export interface Outgoing {
  readonly method: 'HEAD' | 'POST';
  /** Null: the request cannot be made. */
  readonly headers: PushHeaders | null;
  readonly body: string | null;
}

const DEFAULT_TIMEOUT_MS = 30_000;

export class PushSender {
  // A connection for each push, as Odoo has it: none is found broken after the receiver was away.
  private readonly agent = new Agent({ pipelining: 0 });

  constructor(private readonly now: () => number) {}

  async send(target: PushTarget, outgoing: Outgoing): Promise<Exchange> {
    const atMs = this.now();
    const beginMs = performance.now();
    const status = await this.answered(target, outgoing);
    return { atMs, status, answerMs: performance.now() - beginMs };
  }

  /** What is under way has no answer then. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async answered(target: PushTarget, { method, headers, body }: Outgoing): Promise<number | null> {
    if (headers === null) return null;
    const gaveUp = new AbortController();
    const timer = setTimeout(() => {
      gaveUp.abort();
    }, target.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const options = { method, headers, body, signal: gaveUp.signal, dispatcher: this.agent };
      const response = await request(target.url, options);
      await response.body.text();
      return response.statusCode;
    } catch {
      // Odoo books every failure alike, from a refused connection to a header that cannot be sent.
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
