import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy to a monitor. Tests can cut it, freeze it, or make it lead to another monitor. */
export class Line {
  /** The http URL of the monitor; `undefined`: connections are refused. */
  monitor: string | undefined;
  private frozen = false;
  private readonly server: Server = createServer((client) => this.accept(client));
  private readonly sockets = new Set<Socket>();

  static async open(monitor?: string): Promise<Line> {
    const line = new Line();
    line.monitor = monitor;
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  /** The URL of a channel's page. It has a path prefix, as behind a proxy. */
  url(id: string, query = ''): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/any/prefix/channels/${encodeURIComponent(id)}${query}`;
  }

  /** Closes all connections without a WebSocket close, as a network failure does. Refuses new ones. */
  cut(): void {
    this.monitor = undefined;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Keeps all connections open and accepts new ones, but forwards no data and no close. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Forwards the data of new connections. The frozen ones stay dead. */
  thaw(): void {
    this.frozen = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private accept(client: Socket): void {
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
    this.forward(client, monitor);
    this.forward(monitor, client);
  }

  private forward(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('error', () => {});
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
