// Reads requests and sends the answers, at Odoo's pace and through the faults of its connections.
// Never decides an answer. Requests do not wait for each other: Odoo has several workers.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as timeout } from 'node:timers/promises';

import { recordMarking, recordRequest } from './answer-record';
import type { Books } from './answer-record';
import type { Answer, Work } from './endpoints/answer';
import { routeOf } from './endpoints/routes';
import { answerTo } from './odoo-web';
import type { OdooWeb, WebRequest } from './odoo-web';
import type { Pace } from './simulator-types';

export interface ServerParts {
  readonly odoo: OdooWeb;
  readonly books: Books;
  readonly pace: () => Pace | null;
  /** Called after each request, with everything about it recorded. */
  readonly changed: () => void;
}

export function createOdooServer(parts: ServerParts): Server {
  return createServer((incoming, response) => {
    serve(incoming, response, parts).catch((error: unknown) => {
      // The caller went away while it was sending: there is nobody to tell.
      if (incoming.destroyed && !incoming.complete) return;
      process.emitWarning(`the simulator failed: ${String(error)}`);
      response.destroy();
    });
  });
}

async function serve(incoming: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const { odoo, books } = parts;
  const atMs = odoo.now();
  const request = await read(incoming);
  const endpoint = routeOf(request.path)?.endpoint ?? 'unknown';

  const slow = odoo.faults.occur('slow', endpoint);
  if (slow !== null) await wait(slow.delayMs);
  const answer = answerTo(request, odoo);
  await wait(workMs(answer.work, parts.pace()));
  if (answer.work?.kind === 'mark') recordMarking(answer.work.pullIds, odoo, books);

  const cut = odoo.faults.occur('answer-lost', endpoint);
  const arrives = cut === null && !response.destroyed;
  recordRequest({ request, endpoint, answer, atMs, arrives }, books, odoo.now());
  if (cut !== null) breakOff(response, answer, cut.afterBytes ?? 0);
  else send(response, answer);
  parts.changed();
}

async function read(incoming: IncomingMessage): Promise<WebRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://odoo');
  const key = incoming.headers['x-api-key'];
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    key: typeof key === 'string' ? key : null,
    query: new Map([...searchParams].reverse()),
    bodyText: await text(incoming),
  };
}

function workMs(work: Work | undefined, pace: Pace | null): number {
  if (work === undefined || pace === null) return 0;
  switch (work.kind) {
    case 'served':
      return pace.basePullMs + (work.changes.length / 1000) * pace.servePer1000Ms;
    case 'mark':
      return (work.pullIds.length / 1000) * pace.markPer1000Ms;
  }
}

async function wait(ms: number): Promise<void> {
  // Not a reason to keep a process alive whose simulator is closed.
  if (ms > 0) await timeout(ms, undefined, { ref: false });
}

function send(response: ServerResponse, answer: Answer): void {
  const body = bytesOf(answer);
  response.writeHead(answer.status, headersOf(answer, body.length)).end(body);
}

/** The headers promise the whole body: without them the caller would see a short answer as a good one. */
function breakOff(response: ServerResponse, answer: Answer, afterBytes: number): void {
  if (afterBytes === 0) {
    response.destroy();
    return;
  }
  const body = bytesOf(answer);
  response.writeHead(answer.status, headersOf(answer, body.length));
  response.write(body.subarray(0, Math.min(afterBytes, body.length - 1)), () => response.destroy());
}

/** Every answer is ASCII, the pages too, so the cheapest encoding will do. */
function bytesOf({ body }: Answer): Buffer {
  return Buffer.from(body, 'latin1');
}

function headersOf({ status, contentType }: Answer, bytes: number): Readonly<Record<string, string>> {
  return status === 204
    ? { 'Content-Type': contentType }
    : { 'Content-Type': contentType, 'Content-Length': String(bytes) };
}
