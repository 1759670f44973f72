import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Makes a WebSocket of a connection; must not throw. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Milliseconds that an upgrade may wait for connections to be accepted; more costs memory, about 1 KiB a client at 500. */
const LONGEST_WAIT = 150;

/**
 * Lets a server accept connections before it upgrades them. libuv accepts one connection in a turn of the event loop,
 * and an upgrade takes twice as long as that: when thousands of clients come back at once, the kernel's queue of
 * unaccepted connections (4096) overflows, and whoever is dropped from it tries again after one second, then two.
 */
export class UpgradeQueue {
  private readonly waiting: Parameters<Upgrade>[] = [];
  private accepted = false;
  private since = 0;

  constructor(
    server: Server,
    private readonly upgrade: Upgrade,
  ) {
    server.on('connection', () => (this.accepted = true));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.add(request, socket, head),
    );
  }

  private add(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Node has let go of the socket; an error that nobody hears would end the process.
    socket.on('error', ignore);
    if (this.waiting.length === 0) {
      this.since = performance.now();
      setImmediate(() => this.turn());
    }
    this.waiting.push([request, socket, head]);
  }

  private turn(): void {
    const patient = performance.now() - this.since < LONGEST_WAIT;
    if (this.accepted && patient) {
      this.accepted = false;
      setImmediate(() => this.turn());
      return;
    }
    for (const [request, socket, head] of this.waiting.splice(0)) {
      if (socket.destroyed) continue;
      this.upgrade(request, socket, head);
      socket.off('error', ignore);
    }
  }
}

function ignore(): void {}
