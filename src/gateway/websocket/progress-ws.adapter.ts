import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { HttpServers } from '../../http/http-servers.js';
import { isChannelPath } from '../../http/route.js';
import { chooseSubProtocol } from './sub-protocol.js';
import type { ConnectionRegistry } from '../connection-registry.js';

export interface AdapterOptions {
  /** The longest message of a client, in bytes; a longer one closes it with 1009. */
  readonly client_message_bytes: number;
}

/** What a client sent, as the gateway's message handler gets it. */
export interface ClientMessage {
  readonly data: Buffer;
  readonly binary: boolean;
}

/** The one event that every message of a client becomes. */
export const CLIENT_MESSAGE = 'message';

/** Pieces of one message: of a fragmented message, and of what was received of an unfinished one. */
const MAX_FRAGMENTS = 64;
const MAX_CHUNKS = 64;

/** Bytes of a client's message that arrive in one piece at least, however the network cuts them. */
const CHUNK_BYTES = 512;

/** Seconds that a client may take to answer a close frame. */
const CLOSE_TIMEOUT = 5;

/** Header lines that tell a refused client what to do. */
const HINTS: Readonly<Record<number, string>> = {
  400: 'Sec-WebSocket-Version: 13, 8\r\n',
  405: 'Allow: GET\r\n',
  503: 'Retry-After: 2\r\n',
};

/**
 * Nest's adapter for `ws`, but for any path of one HTTP server: Nest's own matches fixed paths only and cuts the
 * others off without an answer.
 */
export class ProgressWsAdapter extends WsAdapter {
  constructor(
    app: INestApplication,
    private readonly listeners: HttpServers,
    private readonly connections: ConnectionRegistry,
    private readonly options: AdapterOptions,
  ) {
    super(app);
  }

  override create(): WebSocketServer {
    // The published types of ws don't know closeTimeout yet.
    const options: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      // Compression costs 226 KiB a connection after its first message, and the messages are short.
      perMessageDeflate: false,
      maxPayload: this.options.client_message_bytes,
      // Each piece is an object of some hundred bytes, however few bytes it carries.
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_CHUNKS + Math.ceil(this.options.client_message_bytes / CHUNK_BYTES),
      closeTimeout: CLOSE_TIMEOUT * 1000,
      handleProtocols: (offered, request) => chooseSubProtocol(offered, !isChannelPath(request.url ?? '/')),
    };
    const sockets = new WebSocketServer(options);
    this.listeners.upgrade = (request, socket, head) => {
      if (!this.listeners.open) return this.refuse(socket, 503, 'restarting');
      if (this.connections.full) return this.refuse(socket, 503, 'busy');
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    };
    // What `ws` would answer itself is marked as HTML.
    sockets.on('wsClientError', (error, socket, { method }) =>
      this.refuse(socket as Socket, method === 'GET' ? 400 : 405, error.message),
    );
    return sockets;
  }

  // The inherited RxJS pipeline costs 7 KiB a client, and answers an error with a message the original never sent.
  override bindMessageHandlers(client: WebSocket, handlers: MessageMappingProperties[]): void {
    const handler = handlers.find(({ message }) => message === CLIENT_MESSAGE);
    client.on('message', (data: Buffer, binary: boolean) => {
      void handler?.callback({ data, binary } satisfies ClientMessage, CLIENT_MESSAGE);
    });
  }

  // `ConnectionRegistry.closeAll` has closed the clients before. A client that is left would keep the process.
  override close(sockets: WebSocketServer): Promise<void> {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    return Promise.resolve();
  }

  private refuse(socket: Socket, status: number, text: string): void {
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${HINTS[status] ?? ''}` +
        `Content-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
    this.listeners.closing.destroySoon(socket);
  }
}
