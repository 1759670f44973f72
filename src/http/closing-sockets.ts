import type { Socket } from 'node:net';
import { afterInput } from '../process/after-input.js';

/** Seconds from a graceful close to the end of the connection. */
export const CLOSE_TIMEOUT = 5;

/** Connections that are being closed. Each gets a deadline, because the client may never read and never answer. */
export class ClosingSockets {
  private readonly timers = new Map<Socket, NodeJS.Timeout>();

  constructor(private readonly seconds = CLOSE_TIMEOUT) {}

  /** Sends the waiting bytes and the end. The client has until the deadline to end its side. */
  end(socket: Socket): void {
    socket.end();
    // Discards further input. Unread input would hide the client's end, and cause a TCP reset that overtakes the
    // answer.
    socket.resume();
    this.limit(socket);
  }

  /** Closes the connection as soon as the waiting bytes are sent, at the deadline in any case. */
  destroySoon(socket: Socket): void {
    socket.destroySoon();
    this.limit(socket);
  }

  /** Sets the deadline of a connection that is ending already. */
  limit(socket: Socket): void {
    if (socket.destroyed || this.timers.has(socket)) return;
    this.timers.set(
      socket,
      setTimeout(() => afterInput(() => socket.destroy()), this.seconds * 1000),
    );
    socket.once('close', () => this.remove(socket));
  }

  /** Ends all connections at once. */
  destroyAll(): void {
    for (const socket of this.timers.keys()) socket.destroy();
  }

  private remove(socket: Socket): void {
    clearTimeout(this.timers.get(socket));
    this.timers.delete(socket);
  }
}
