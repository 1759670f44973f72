import type { Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { CHALLENGE } from '../../http/access.js';
import { finalAnswer } from '../../http/final-answer.js';
import type { HttpServers } from '../../http/http-servers.js';
import { streamRequestOf } from '../../http/stream-request.js';
import type { Admission } from '../admission.js';
import { chooseSubProtocol } from './sub-protocol.js';

/** The keys of `limits` that the adapter applies. */
export interface AdapterOptions {
  /** The longest message of a client, in bytes; a longer one closes the connection with 1009. */
  readonly client_message_bytes: number;
}

/** A message of a client, as the gateway's message handler gets it. */
export interface ClientMessage {
  readonly data: Buffer;
  readonly binary: boolean;
}

/** The event name of every message of a client. */
export const CLIENT_MESSAGE = 'message';

/** Limits for the pieces of one message: fragments, and chunks of an unfinished message in the receive buffer. */
const MAX_FRAGMENTS = 64;
const MAX_CHUNKS = 64;

/** Bytes of the smallest chunk into which networks split a client's message. */
const CHUNK_BYTES = 512;

/** Seconds that a client may take to answer a close frame. */
const CLOSE_TIMEOUT = 5;

/** Headers that tell a refused client how to continue, by status. */
const HINTS: Readonly<Record<number, string>> = {
  400: 'Sec-WebSocket-Version: 13, 8\r\n',
  401: `WWW-Authenticate: ${CHALLENGE}\r\n`,
  405: 'Allow: GET\r\n',
  429: 'Retry-After: 5\r\n',
  503: 'Retry-After: 2\r\n',
};

/**
 * Nest's adapter for `ws`, for any path of the public HTTP server. Nest's own adapter matches fixed paths only, and
 * closes connections with other paths without an answer.
 */
export class ProgressWsAdapter extends WsAdapter {
  constructor(
    app: INestApplication,
    private readonly servers: HttpServers,
    private readonly admission: Admission,
    private readonly options: AdapterOptions,
  ) {
    super(app);
  }

  override create(): WebSocketServer {
    // The published types of `ws` lack closeTimeout.
    const options: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      // Compression takes 226 KiB per connection after its first message, and the messages are short.
      perMessageDeflate: false,
      maxPayload: this.options.client_message_bytes,
      // Each piece is an object of some hundred bytes, even if it carries a single byte.
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_CHUNKS + Math.ceil(this.options.client_message_bytes / CHUNK_BYTES),
      closeTimeout: CLOSE_TIMEOUT * 1000,
      handleProtocols: (offered, request) =>
        chooseSubProtocol(offered, streamRequestOf(request).route.kind === 'legacy'),
    };
    const webSockets = new WebSocketServer(options);
    this.servers.upgradeHandler = (streamRequest, request, socket, head) => {
      const decision = this.admission.admit(streamRequest);
      if (!decision.admitted) return this.refuse(socket, decision.status, decision.text);
      webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        webSockets.emit('connection', webSocket, request),
      );
    };
    // `ws` would declare its own answer as HTML.
    webSockets.on('wsClientError', (error, socket, { method }) =>
      this.refuse(socket as Socket, method === 'GET' ? 400 : 405, error.message),
    );
    return webSockets;
  }

  // The inherited RxJS pipeline takes 7 KiB per client, and answers an error with a message that the original never
  // sends.
  override bindMessageHandlers(webSocket: WebSocket, handlers: MessageMappingProperties[]): void {
    const handler = handlers.find(({ message }) => message === CLIENT_MESSAGE);
    webSocket.on('message', (data: Buffer, binary: boolean) => {
      void handler?.callback({ data, binary } satisfies ClientMessage, CLIENT_MESSAGE);
    });
  }

  // `ConnectionRegistry.closeAll` has closed the clients before. A remaining client would keep the process alive.
  override close(webSockets: WebSocketServer): Promise<void> {
    for (const webSocket of webSockets.clients) webSocket.terminate();
    webSockets.close();
    return Promise.resolve();
  }

  private refuse(socket: Socket, status: number, text: string): void {
    socket.on('error', () => {});
    socket.write(finalAnswer('public', { status, lines: HINTS[status], text }));
    this.servers.closing.destroySoon(socket);
  }
}
