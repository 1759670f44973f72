/** Milliseconds between two looks at the clock. Connections that expire within one second are closed together. */
const TICK = 1000;

/**
 * Reports connections when their permission has expired. One timer for all connections, which runs only while there are
 * some. It compares with the clock at each tick, so that a clock that is set takes effect.
 */
export class ExpiringConnections<T extends object> {
  private readonly seconds = new Map<number, Set<T>>();
  private readonly expiries = new WeakMap<T, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onExpired: (connection: T) => void) {}

  /** @param expiresAt milliseconds of `Date.now` */
  add(connection: T, expiresAt: number): void {
    const second = Math.ceil(expiresAt / TICK);
    this.expiries.set(connection, second);
    const connections = this.seconds.get(second);
    if (connections) connections.add(connection);
    else this.seconds.set(second, new Set([connection]));
    this.timer ??= setInterval(() => this.report(), TICK).unref();
  }

  remove(connection: T): void {
    const second = this.expiries.get(connection);
    const connections = second === undefined ? undefined : this.seconds.get(second);
    if (!connections?.delete(connection) || connections.size > 0) return;
    this.seconds.delete(second!);
    if (this.seconds.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private report(): void {
    const now = Date.now() / TICK;
    const due = [...this.seconds].filter(([second]) => second <= now);
    for (const [, connections] of due) for (const connection of connections) this.onExpired(connection);
  }
}
