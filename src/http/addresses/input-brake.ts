import type { Socket } from 'node:net';

/** Milliseconds between two checks of the held connections. The timer runs only while there are any. */
const STEP = 50;

/** Bytes that a connection may deliver before it is held again: what Node reads at once. */
const CHUNK = 65_536;

/** A held connection has its own `resume`, which does nothing. */
type HeldSocket = Socket & { resume?: Socket['resume'] };

/** Holds the input of connections until the address that they belong to may send again. */
export class InputBrake<Key> {
  private readonly held = new Map<Socket, Key>();
  private timer: NodeJS.Timeout | undefined;

  /** @param budget bytes that a key may send now; at most 0: none */
  constructor(private readonly budget: (key: Key) => number) {}

  /** Stops reading from a connection. The kernel's buffer fills, and the client has to wait. */
  hold(socket: HeldSocket, key: Key): void {
    if (this.held.has(socket)) return;
    this.held.set(socket, key);
    socket.pause();
    // Node's HTTP server and `ws` resume a connection after each request or message.
    socket.resume = () => socket;
    this.timer ??= setInterval(() => this.check(), STEP).unref();
  }

  /** In the order in which the connections were held: each gets its turn. */
  private check(): void {
    const budgets = new Map<Key, number>();
    for (const [socket, key] of this.held) {
      const budget = budgets.get(key) ?? this.budget(key);
      if (budget <= 0 && !socket.destroyed) continue;
      budgets.set(key, budget - CHUNK);
      this.release(socket);
    }
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private release(socket: HeldSocket): void {
    this.held.delete(socket);
    delete (socket as { resume?: unknown }).resume;
    if (!socket.destroyed) socket.resume();
  }
}
