import { RESTART, type CloseCode } from './close-codes.js';

/** A connection that can be closed. */
export interface ClosableConnection {
  /** Whether the client has every message of its channel. */
  readonly caughtUp: boolean;
  close(code: CloseCode): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/**
 * Connections that are closed at once. The kernel's accept queue holds as many connections, if all clients reconnect
 * together.
 */
const AT_ONCE = 4000;

/** Connections beyond `AT_ONCE` that are closed per second. */
const RATE = 5000;

/** Milliseconds that a client has to take its last messages and to answer the close. */
const GRACE = 500;

/** Milliseconds between two checks of the connections. */
const STEP = 10;

/**
 * Closes all connections with 1012, and terminates connections that are still open after `GRACE`. Resolves when no
 * connection is open. Beyond `AT_ONCE`, connections are closed at a limited rate, because all of these clients
 * reconnect.
 *
 * @param open the open connections; a connection leaves this set when it has closed
 * @param longest the longest time, in seconds, over which the closes are spread; the rate rises if `RATE` would take
 * longer
 */
export async function closeAll<T extends ClosableConnection>(
  open: ReadonlySet<T>,
  longest: number,
): Promise<void> {
  const connections = [...open];
  const paced = Math.max(0, connections.length - AT_ONCE);
  const pacing = Math.min(longest, paced / RATE) * 1000;
  const start = performance.now();
  const turns = new Map<T, { readonly since: number; closed: boolean }>();
  let next = 0;
  for (;;) {
    const now = performance.now();
    const due = pacing > 0 ? AT_ONCE + paced * ((now - start) / pacing) : connections.length;
    for (; next < connections.length && next < due; next++)
      turns.set(connections[next]!, { since: now, closed: false });
    for (const [connection, turn] of turns) {
      if (!open.has(connection)) turns.delete(connection);
      else if (now - turn.since >= GRACE) connection.terminate();
      else if (!turn.closed && connection.caughtUp) {
        turn.closed = true;
        connection.close(RESTART);
      }
    }
    if (turns.size === 0 && next === connections.length) return;
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
}
