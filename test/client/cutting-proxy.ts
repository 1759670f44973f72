import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy that cuts its connections: the n-th one after `cuts[n]` bytes to the client, later ones never. */
export class CuttingProxy {
  /** Connections cut so far. */
  cut = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(
    public target: number,
    private readonly cuts: number[],
  ) {
    this.server = createServer((client) => this.accept(client));
  }

  static async start(target: string, cuts: number[] = []): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(Number(new URL(target).port), [...cuts]);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get http(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(client: Socket): void {
    let left = this.cuts.shift() ?? Number.POSITIVE_INFINITY;
    const server = connect(this.target, '127.0.0.1');
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end).on('close', end);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.pipe(server, { end: false });
    server.on('data', (bytes) => {
      if (left <= 0) return;
      left -= bytes.length;
      if (left > 0) return void client.write(bytes);
      this.cut++;
      client.end(bytes.subarray(0, bytes.length + left));
      client.once('finish', end);
    });
  }
}
