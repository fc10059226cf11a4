// The feed over WebSocket: who gets a connection. Express never sees these requests, so path and key are looked at here.
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { createKeyCheck, givenKey, refusedKey } from '../auth';
import type { ApiDependencies } from '../dependencies';
import { Problem } from '../problem';
import { answerWithoutUpgrade } from './other-upgrades';
import { feedIsFull } from './places';
import { AUTH_WITHIN_MS, serveClient } from './web-socket-client';

const PATH = '/api/v1/events/ws';
const MAX_MESSAGE_BYTES = 65_536;
/** Who has not said a key yet; they must not take the seats of those who have one. */
const MAX_STRANGERS = 50;

export function serveWebSockets(
  server: Server,
  parts: Pick<ApiDependencies, 'feed' | 'adminKey' | 'temporalUi' | 'log'>,
): void {
  const { feed, temporalUi: ui, log } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    clientTracking: false,
  });
  const isRight = createKeyCheck(parts.adminKey);
  let strangers = 0;

  function refusalOf(query: string | undefined, key: string | undefined): Problem | null {
    if (query !== undefined) return new Problem(400, 'leave the query out: what you want goes into messages');
    // Who cannot send a header says the key in the first message.
    if (key !== undefined && !isRight(key)) return refusedKey(key);
    const isCrowded = key === undefined && strangers >= MAX_STRANGERS;
    return isCrowded || feed.isFull() ? feedIsFull() : null;
  }

  /** Until it is gone, or its time to say a key is over. */
  function countStranger(webSocket: WebSocket): void {
    strangers += 1;
    const forget = () => {
      clearTimeout(timer);
      webSocket.off('close', forget);
      strangers -= 1;
    };
    const timer = setTimeout(forget, AUTH_WITHIN_MS);
    webSocket.once('close', forget);
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path, query] = (request.url ?? '').split('?');
    if (path !== PATH || request.headers.upgrade?.toLowerCase() !== 'websocket') {
      answerWithoutUpgrade(server, request, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    const key = givenKey(request.headers);
    const refusal = refusalOf(query, key);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (key === undefined) countStranger(webSocket);
      serveClient(webSocket, { feed, isRight, isKnown: key !== undefined, ui, log });
      if (socket instanceof Socket)
        socket.setTimeout(feed.limits.slowMs, () => {
          webSocket.terminate();
        });
    });
  });
}

/** As Express would. */
function refuse(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problem);
  const headers = {
    ...problem.extras.headers,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // It has left the server's list of connections, and a client may never end its half.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`,
  );
}
