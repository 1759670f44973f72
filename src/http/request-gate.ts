import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { afterInput } from '../process/after-input.js';
import type { ClosingSockets } from './closing-sockets.js';
import { Exchange } from './exchange.js';
import { RequestErrors } from './request-errors.js';
import { SECURITY_HEADERS, type SecurityHeaders } from './security-headers.js';
import { sliceInput, takeRest } from './sliced-input.js';
import type { Listener } from './stream-request.js';
import { TurnQueue } from './turn-queue.js';
import { wantsWebSocket } from './upgrade.js';

/** Requests of one server that are answered in one turn of the event loop. */
const REQUESTS_PER_TURN = 8;

/** Seconds that a client has to take an answer that is not a stream. */
const ANSWER_TIMEOUT = 30;

/** The functions that get the permitted requests of a server. */
export interface RequestHandlers {
  /** Answers a request. Returns true if the answer is a stream, which has no deadline. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Upgrades a connection to a WebSocket. `undefined`: the server has no WebSockets and answers the request like any
   * other.
   */
  upgrade: ((request: IncomingMessage, socket: Socket, head: Buffer) => void) | undefined;
}

/** What the gate needs of its server. */
interface GateOptions extends RequestHandlers {
  readonly listener: Listener;
}

/**
 * Stands between an HTTP server and the application, and bounds the work that one client can cause: one request at a time
 * on a connection, a few requests in a turn of the event loop, and a deadline for every answer.
 */
export class RequestGate {
  private readonly queue = new TurnQueue(REQUESTS_PER_TURN);
  private readonly errors: RequestErrors;
  private readonly security: SecurityHeaders;

  /**
   * Called when a client has ended its side: it gets the waiting bytes, until the deadline. One function for all
   * connections.
   */
  private readonly ended: (this: Socket) => void;

  constructor(
    server: Server,
    private readonly closing: ClosingSockets,
    private readonly options: GateOptions,
  ) {
    this.errors = new RequestErrors(server, options.listener, closing);
    this.security = SECURITY_HEADERS[options.listener];
    this.ended = function (this: Socket): void {
      closing.end(this);
    };
    const opened = server instanceof TlsServer ? 'secureConnection' : 'connection';
    server.on(opened, (socket: Socket) => {
      sliceInput(socket);
      socket.on('end', this.ended);
    });
    server.on('request', (request, response) => this.handleRequest(request, response));
    // Without these listeners Node answers by itself, even while a stream is open on the connection. After a whole answer
    // it then fails an assertion that ends the process.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.permits(request.socket)) return;
      response.writeContinue();
      this.handleRequest(request, response);
    });
    server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) =>
      this.refuse(response, 417),
    );
    if (options.upgrade)
      server.on('upgrade', (request, socket, head) => this.handleUpgrade(request, socket as Socket, head));
  }

  private handleRequest(request: IncomingMessage, response: ServerResponse): void {
    // RFC 9112, section 3.2. `HttpServer` tells Node not to check it, for the reason above.
    if (request.httpVersion === '1.1' && request.headers.host === undefined) this.refuse(response, 400);
    else if (this.permits(request.socket)) this.answer(request, response);
  }

  private refuse(response: ServerResponse, status: number): void {
    const { socket } = response.req;
    if (!this.permits(socket)) return;
    const exchange = Exchange.begin(socket);
    response.once('finish', () => (exchange.answered = true));
    this.security.addTo(response);
    response.writeHead(status, { Connection: 'close' }).end();
  }

  private handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // Node has removed its own error listener.
    socket.on('error', ignore);
    const rest = takeRest(socket, head);
    if (!this.permits(socket)) return;
    if (!wantsWebSocket(request)) return this.answerWithoutUpgrade(request, socket);
    Exchange.remove(socket);
    // A third listener would take 150 bytes per WebSocket. The heartbeat detects clients that have ended their side.
    socket.off('end', this.ended);
    this.queue.run(() => {
      socket.off('error', ignore);
      if (!socket.destroyed) this.options.upgrade?.(request, socket, rest);
    });
  }

  /** Ends the connection of a client that did not wait for its answer. */
  private permits(socket: Socket): boolean {
    this.errors.arrived(socket);
    const permitted = Exchange.permitted(socket);
    if (!permitted) socket.destroy();
    return permitted;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.security.addTo(response);
    const exchange = Exchange.begin(socket);
    const expire = (): void => {
      if (!exchange.answered && !exchange.isStream) socket.destroy();
    };
    const deadline = setTimeout(() => afterInput(expire), ANSWER_TIMEOUT * 1000).unref();
    const answered = (): void => {
      exchange.answered = true;
      clearTimeout(deadline);
    };
    response.once('finish', answered).once('close', answered);
    this.queue.run(() => {
      if (!socket.destroyed && this.options.answer(request, response)) clearTimeout(deadline);
    });
  }

  // RFC 9110, section 7.8: an unknown upgrade is ignored. Node has detached its parser, so the end of the request body
  // is unknown, and the connection ends with the answer.
  private answerWithoutUpgrade(request: IncomingMessage, socket: Socket): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => {
      response.detachSocket(socket);
      this.closing.end(socket);
    });
    socket.resume();
    this.answer(request, response);
  }
}

function ignore(): void {}
