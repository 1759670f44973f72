import type { Socket } from 'node:net';

/** One request on a connection, and whether its answer has been sent. */
export class Exchange {
  answered = false;

  private static readonly current = new WeakMap<Socket, Exchange>();

  private constructor(private readonly bytesRead: number) {}

  /** The last exchange on a connection. */
  static on(socket: Socket): Exchange | undefined {
    return Exchange.current.get(socket);
  }

  /**
   * Whether the client may send a request now. False: it did not wait for the answer to its request before. This one
   * came behind it in the same bytes, or the answer has not been sent.
   */
  static permitted(socket: Socket): boolean {
    const before = Exchange.current.get(socket);
    return !before || (before.answered && before.bytesRead !== socket.bytesRead);
  }

  static begin(socket: Socket): Exchange {
    const exchange = new Exchange(socket.bytesRead);
    Exchange.current.set(socket, exchange);
    return exchange;
  }

  /** The connection speaks HTTP no longer. */
  static forget(socket: Socket): void {
    Exchange.current.delete(socket);
  }
}
