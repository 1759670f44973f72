import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line of its own to a monitor that may go, come back elsewhere, or be out of reach for a while. */
export class Line {
  /** The monitor's http URL; `undefined`: there is none to reach. */
  monitor: string | undefined;
  private frozen = false;
  private readonly server: Server = createServer((client) => this.put(client));
  private readonly sockets = new Set<Socket>();

  static async open(monitor: string): Promise<Line> {
    const line = new Line();
    line.monitor = monitor;
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  /** Of a channel's page, as it may be behind a proxy. */
  url(id: string, query = ''): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/any/prefix/channels/${encodeURIComponent(id)}${query}`;
  }

  /** Cuts every connection there is, as a network would: without a word. The monitor is out of reach from now on. */
  cut(): void {
    this.monitor = undefined;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Keeps every connection, takes new ones, and forwards nothing any more: no end of a connection either. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Forwards what comes on new connections; those from before stay dead. */
  thaw(): void {
    this.frozen = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private put(client: Socket): void {
    if (!this.monitor) {
      client.destroy();
      return;
    }
    if (this.frozen) {
      this.sockets.add(client.pause());
      return;
    }
    const { hostname, port } = new URL(this.monitor);
    const monitor = connect(Number(port), hostname);
    this.pass(client, monitor);
    this.pass(monitor, client);
  }

  private pass(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('error', () => {});
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
