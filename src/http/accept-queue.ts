import type { Server, Socket } from 'node:net';

/** Milliseconds that a connection may wait while others are still to be accepted. */
const LONGEST_WAIT = 1000;

/** Connections that are served in one turn of the event loop. */
const BATCH = 8;

/**
 * Lets a server accept connections before it serves them. libuv accepts one connection in a turn of the event loop, and
 * serving those accepted before takes longer than that: when thousands of clients come back at once, the kernel's queue
 * of unaccepted connections (`net.core.somaxconn`, 4096 on Linux) overflows, and whoever is dropped from it tries again
 * after one second, then two.
 */
export class AcceptQueue {
  private readonly serve: readonly ((socket: Socket) => void)[];
  private waiting: Socket[] = [];
  private served = 0;
  private accepted = false;
  private since = 0;

  /** Stands before the listeners that `server` has for its connections now. */
  constructor(private readonly server: Server) {
    // An option of net.Server that http.Server doesn't hand on: nothing is read from a connection before `resume`.
    Object.assign(server, { pauseOnConnect: true });
    this.serve = server.listeners('connection').map((listener) => listener.bind(server) as () => void);
    server.removeAllListeners('connection').on('connection', (socket: Socket) => this.add(socket));
  }

  private add(socket: Socket): void {
    this.accepted = true;
    if (this.waiting.length === 0) {
      this.since = performance.now();
      setImmediate(this.turn);
    }
    this.waiting.push(socket);
  }

  private readonly turn = (): void => {
    const patient = performance.now() - this.since < LONGEST_WAIT;
    if (!this.accepted || !patient) this.serveBatch();
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
    // A server that was closed meanwhile has closed its connections, but doesn't know those that wait here.
    if (!this.server.listening) return void socket.destroy();
    for (const serve of this.serve) serve(socket);
    socket.resume();
  }
}
