import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One TCP address for several processes: a connection goes to one of them, and to the next when that one refuses. */
export class ServiceAddress {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private current = 0;

  private constructor(private readonly ports: readonly number[]) {
    this.server = createServer((client) => void this.accept(client));
  }

  static async start(ports: readonly number[]): Promise<ServiceAddress> {
    const service = new ServiceAddress(ports);
    service.server.listen(0, '127.0.0.1');
    await once(service.server, 'listening');
    return service;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async accept(client: Socket): Promise<void> {
    this.keep(client);
    const server = await this.open();
    if (!server) return void client.destroy();
    this.keep(server);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    if (client.destroyed) server.destroy();
    client.pipe(server).pipe(client);
  }

  private async open(): Promise<Socket | undefined> {
    for (const _port of this.ports) {
      const socket = connect(this.ports[this.current]!, '127.0.0.1');
      try {
        await once(socket, 'connect');
        return socket;
      } catch {
        this.current = (this.current + 1) % this.ports.length;
      }
    }
    return undefined;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }
}
