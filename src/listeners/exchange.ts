import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** One request on a connection, and whether its answer has been sent. */
export class Exchange {
  answered = false;

  private static readonly current = new WeakMap<Socket, Exchange>();

  private constructor(private readonly bytesRead: number) {}

  /** The connection speaks HTTP no longer. */
  static forget(socket: Socket): void {
    Exchange.current.delete(socket);
  }

  /** The last exchange on a connection. */
  static on(socket: Socket): Exchange | undefined {
    return Exchange.current.get(socket);
  }

  /**
   * Begins an exchange. `null`: the client did not wait for the answer to its request before. This one is behind it in
   * the same bytes, or the answer has not been sent.
   */
  static begin({ socket }: IncomingMessage): Exchange | null {
    const before = Exchange.current.get(socket);
    if (before && (!before.answered || before.bytesRead === socket.bytesRead)) return null;
    const exchange = new Exchange(socket.bytesRead);
    Exchange.current.set(socket, exchange);
    return exchange;
  }
}
