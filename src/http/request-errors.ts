import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterInput } from '../process/after-input.js';
import type { ClosingSockets } from './closing-sockets.js';
import { Exchange } from './exchange.js';
import { finalAnswer } from './final-answer.js';
import type { Listener } from './stream-request.js';
import { TurnQueue } from './turn-queue.js';

/** Connections that are ended in one turn because of a timeout. */
const TIMEOUTS_PER_TURN = 50;

/** HTTP statuses for the errors of Node's parser; 400 for all others. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Ends the connections on which Node finds no valid request, or no complete one in time. Answers where it can. */
export class RequestErrors {
  private readonly timeouts = new TurnQueue(TIMEOUTS_PER_TURN);
  /** Connections that Node found too slow, until their unread input is checked. */
  private readonly late = new Set<Socket>();

  constructor(
    server: Server,
    private readonly listener: Listener,
    private readonly closing: ClosingSockets,
  ) {
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.handle(error, socket));
  }

  /** A request has arrived: the connection is not late. */
  arrived(socket: Socket): void {
    this.late.delete(socket);
  }

  private handle(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT') return this.reject(error, socket);
    // After a pause of the process every client seems late, because its input is still unread.
    this.late.add(socket);
    afterInput(() =>
      this.timeouts.run(() => {
        if (this.late.delete(socket)) this.reject(error, socket);
      }),
    );
  }

  private reject({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
    const exchange = Exchange.on(socket);
    // An error must not be written after an unfinished answer.
    if (!socket.writable || (exchange && !exchange.answered)) return void socket.destroy();
    const status = STATUSES[code] ?? 400;
    socket.write(finalAnswer(this.listener, { status }));
    this.closing.destroySoon(socket);
  }
}
