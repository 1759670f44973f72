import type { Socket } from 'node:net';

/** One request on a connection, and whether its answer has been sent. */
export class Exchange {
  answered = false;
  /** The answer is a stream, which has no deadline. */
  isStream = false;

  private static readonly current = new WeakMap<Socket, Exchange>();

  private constructor(private readonly bytesRead: number) {}

  /** The latest exchange on a connection. */
  static on(socket: Socket): Exchange | undefined {
    return Exchange.current.get(socket);
  }

  /**
   * Whether the client may send a request now. False when the client did not wait for its answer: the request arrived in
   * the same bytes as the previous request, or before its answer.
   */
  static permitted(socket: Socket): boolean {
    const previous = Exchange.current.get(socket);
    return !previous || (previous.answered && previous.bytesRead !== socket.bytesRead);
  }

  static begin(socket: Socket): Exchange {
    const exchange = new Exchange(socket.bytesRead);
    Exchange.current.set(socket, exchange);
    return exchange;
  }

  /** The connection no longer speaks HTTP. */
  static remove(socket: Socket): void {
    Exchange.current.delete(socket);
  }
}
