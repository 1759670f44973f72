import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Forwards one connection to a port, and changes the bytes of the client from `offset` on. */
export class TamperingProxy {
  private readonly sockets: Socket[] = [];
  private passed = 0;

  private constructor(
    private readonly server: Server,
    private readonly tampering: Tampering,
  ) {}

  static async start(port: number, tampering: Tampering): Promise<TamperingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TamperingProxy(server, tampering);
    server.on('connection', (client) => proxy.forward(client, port));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private forward(client: Socket, port: number): void {
    // Only the first connection is tampered with: a peer of ZeroMQ connects again.
    this.server.close();
    const daemon = connect(port, '127.0.0.1');
    this.sockets.push(client, daemon);
    client.on('error', () => daemon.destroy());
    daemon.on('error', () => client.destroy());
    client.on('data', (bytes) => daemon.write(this.tamper(bytes)));
    client.on('end', () => daemon.end());
    daemon.pipe(client);
  }

  private tamper(bytes: Buffer): Buffer {
    const at = this.tampering.offset - this.passed;
    this.passed += bytes.length;
    if (at < 0 || at >= bytes.length) return bytes;
    return Buffer.concat([bytes.subarray(0, at), this.tampering.change(bytes.subarray(at))]);
  }
}

/** What a proxy changes. */
export interface Tampering {
  /** The number of the first byte that changes. */
  readonly offset: number;
  change(bytes: Buffer): Buffer;
}
