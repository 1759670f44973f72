import type { Server, Socket } from 'node:net';

/** Longest time, in milliseconds, that an accepted connection waits while more connections are accepted. */
const LONGEST_WAIT = 1000;

/** Connections served in one turn of the event loop. */
const BATCH = 8;

/** What happens to connections before the server gets them. */
export interface Reception {
  /** Judges a connection when it is accepted. Returns false if it was closed. */
  accept(socket: Socket): boolean;
  /** Calls `serve`, at once or when enough input has come. The socket is paused. */
  serve(socket: Socket, serve: (socket: Socket) => void): void;
}

/** Passes all connections on. */
const OPEN_RECEPTION: Reception = { accept: () => true, serve: (socket, serve) => serve(socket) };

/**
 * Lets a server accept connections before it serves them. libuv accepts one connection in a turn of the event loop, and
 * serving takes longer than accepting. When thousands of clients reconnect at once, the kernel's queue of unaccepted
 * connections (`net.core.somaxconn`, 4096 on Linux) overflows. A dropped client retries after one second, then after
 * two.
 */
export class AcceptQueue {
  private readonly serve: readonly ((socket: Socket) => void)[];
  private waiting: Socket[] = [];
  private served = 0;
  private accepted = false;
  private since = 0;
  private closed = false;

  /** Replaces the current `connection` listeners of `server`, and calls them later. */
  constructor(
    server: Server,
    private readonly reception: Reception = OPEN_RECEPTION,
  ) {
    // An option of net.Server that http.Server does not pass on: no bytes are read from a connection before `resume`.
    Object.assign(server, { pauseOnConnect: true });
    this.serve = server.listeners('connection').map((listener) => listener.bind(server) as () => void);
    server.removeAllListeners('connection').on('connection', (socket: Socket) => this.add(socket));
  }

  /** Closes the connections that wait. The server closes only connections that are served. */
  close(): void {
    this.closed = true;
  }

  private add(socket: Socket): void {
    this.accepted = true;
    if (!this.reception.accept(socket)) return;
    if (this.waiting.length === 0) {
      this.since = performance.now();
      setImmediate(this.turn);
    }
    this.waiting.push(socket);
  }

  private readonly turn = (): void => {
    const isOverdue = performance.now() - this.since >= LONGEST_WAIT;
    if (!this.accepted || isOverdue) this.serveBatch();
    this.accepted = false;
    if (this.waiting.length > 0) setImmediate(this.turn);
  };

  private serveBatch(): void {
    const end = Math.min(this.served + BATCH, this.waiting.length);
    while (this.served < end) this.serveOne(this.waiting[this.served++]!);
    if (this.served < this.waiting.length) return;
    this.waiting = [];
    this.served = 0;
  }

  private serveOne(socket: Socket): void {
    this.reception.serve(socket, this.hand);
  }

  private readonly hand = (socket: Socket): void => {
    if (this.closed) return void socket.destroy();
    for (const serve of this.serve) serve(socket);
    socket.resume();
  };
}
