import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Logger } from '@nestjs/common';
import { afterInput } from '../process/after-input.js';
import type { ClosingSockets } from './closing-sockets.js';
import { finalAnswer } from './final-answer.js';
import { failureReason, noFailures, type HandshakeFailure } from './handshake-failure.js';
import { TurnQueue } from './turn-queue.js';

/** Seconds that a client has for its first bytes, and then again for the rest of its handshake. */
export const HANDSHAKE_TIMEOUT = 10;

/** Handshakes that begin in one turn of the event loop. One takes 1 ms with an RSA key of 2,048 bits. */
const HANDSHAKES_PER_TURN = 4;

/** The first byte of a TLS connection: a record of the type `handshake`. */
const HANDSHAKE_RECORD = 0x16;

/** Only the public listener has TLS. */
const PLAIN_HTTP_ANSWER = finalAnswer('public', {
  status: 400,
  text: 'This port speaks HTTPS only: use https:// or wss://.\n',
});

/** Counters since the start, for metrics. */
export interface HandshakeCounters {
  completed: number;
  readonly failed: Record<HandshakeFailure, number>;
}

/**
 * Stands between the TCP connections of a server and its TLS. A handshake begins when the first bytes of the client have
 * arrived, and only a few begin in one turn of the event loop. So thousands of handshakes at once do not stop the relay,
 * silent connections take no memory for TLS, and a client with plain HTTP gets an answer that it understands.
 */
export class TlsHandshakes {
  readonly counters: HandshakeCounters = { completed: 0, failed: noFailures() };
  private readonly queue = new TurnQueue(HANDSHAKES_PER_TURN);
  private readonly begin: readonly ((raw: Socket) => void)[];
  /** All TCP connections. The server knows a connection only after its handshake. */
  private readonly open = new Set<Socket>();
  /** One function for all connections. */
  private readonly closed: (this: Socket) => void;

  /** Replaces the current `connection` listeners of `server`, and calls them later. */
  constructor(
    server: Server,
    private readonly closing: ClosingSockets,
    private readonly logger: Logger,
    private readonly seconds = HANDSHAKE_TIMEOUT,
  ) {
    const { open } = this;
    this.closed = function (this: Socket): void {
      open.delete(this);
    };
    this.begin = server.listeners('connection').map((listener) => listener.bind(server) as () => void);
    server.removeAllListeners('connection').on('connection', (raw: Socket) => this.add(raw));
    server.on('secureConnection', (socket) => {
      this.counters.completed++;
      // It is paused like the TCP connection before it: see `AcceptQueue`.
      socket.resume();
    });
    // Node's own listener passes the error to `clientError`, which would answer with HTTP.
    server.removeAllListeners('tlsClientError').on('tlsClientError', (error, socket) => {
      this.fail(failureReason(error, socket), error.message.trim());
      socket.destroy();
    });
  }

  /** Ends all connections at once. */
  close(): void {
    for (const raw of this.open) raw.destroy();
  }

  private add(raw: Socket): void {
    this.open.add(raw);
    // A client that leaves during its handshake is closed at once.
    raw.allowHalfOpen = false;
    const late = (): void => {
      if (!raw.destroyed && raw.bytesRead === 0) this.refuse(raw, 'timeout');
    };
    const timer = setTimeout(() => afterInput(late), this.seconds * 1000).unref();
    raw.on('error', ignore).once('close', this.closed).once('end', destroy);
    raw.once('data', (first: Buffer) => {
      clearTimeout(timer);
      raw.off('end', destroy);
      if (first[0] === HANDSHAKE_RECORD) this.enqueue(raw, first);
      else if (isLetter(first[0]!)) this.answerPlainHttp(raw);
      else this.refuse(raw, 'not_tls');
    });
  }

  private enqueue(raw: Socket, first: Buffer): void {
    raw.pause();
    this.queue.run(() => {
      if (raw.destroyed) return;
      raw.unshift(first);
      for (const begin of this.begin) begin(raw);
    });
  }

  private answerPlainHttp(raw: Socket): void {
    this.fail('plain_http');
    raw.write(PLAIN_HTTP_ANSWER);
    this.closing.end(raw);
  }

  private refuse(raw: Socket, reason: HandshakeFailure): void {
    this.fail(reason);
    raw.destroy();
  }

  private fail(reason: HandshakeFailure, detail?: string): void {
    this.counters.failed[reason]++;
    this.logger.debug({ message: 'A TLS handshake failed', reason, detail });
  }
}

// Methods of HTTP begin with a capital letter.
function isLetter(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function destroy(this: Socket): void {
  this.destroy();
}

function ignore(): void {}
