import { RESTART, type CloseCode } from './close-codes.js';

/** A client that can be closed. */
export interface Closable {
  /** Whether the client was given every message of its channel. */
  readonly caughtUp: boolean;
  dismiss(code: CloseCode): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** Clients that are closed at once. The kernel's accept queue holds this many, should all come back together. */
const AT_ONCE = 4000;

/** Clients beyond `AT_ONCE` that are closed in a second. */
const RATE = 5000;

/** Milliseconds that a client gets to take its last messages and to answer the close. */
const GRACE = 500;

/** Milliseconds between two looks at the clients. */
const STEP = 10;

/**
 * Closes all clients with 1012, and terminates a client that has not left after `GRACE`. Resolves when none is left.
 * Thousands of clients are closed at a rate, because all of them come back.
 *
 * @param present the clients still connected; a client leaves this set when its connection has ended
 * @param longest seconds after which the last client has its turn, even if the rate rises for it
 */
export async function closeAll<T extends Closable>(present: ReadonlySet<T>, longest: number): Promise<void> {
  const clients = [...present];
  const paced = Math.max(0, clients.length - AT_ONCE);
  const pacing = Math.min(longest, paced / RATE) * 1000;
  const start = performance.now();
  const turns = new Map<T, { readonly since: number; closed: boolean }>();
  let next = 0;
  for (;;) {
    const now = performance.now();
    const due = pacing > 0 ? AT_ONCE + paced * ((now - start) / pacing) : clients.length;
    for (; next < clients.length && next < due; next++)
      turns.set(clients[next]!, { since: now, closed: false });
    for (const [client, turn] of turns) {
      if (!present.has(client)) turns.delete(client);
      else if (now - turn.since >= GRACE) client.terminate();
      else if (!turn.closed && client.caughtUp) {
        turn.closed = true;
        client.dismiss(RESTART);
      }
    }
    if (turns.size === 0 && next === clients.length) return;
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
}
