import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LINK_FAULTS, type LinkFault } from './link-faults.js';
import type { SeededRandom } from './seeded-random.js';

const FAULT_NAMES = Object.keys(LINK_FAULTS) as LinkFault[];

/** A TCP proxy that delays, stalls, cuts and half-closes connections. The seed and the number of a connection decide. */
export class ChaosProxy {
  /** How often each fault was chosen. */
  readonly counts = new Map<LinkFault, number>();
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private connections = 0;
  private isCalm = false;

  private constructor(
    private readonly port: () => number,
    private readonly random: SeededRandom,
  ) {
    // The proxy decides when to close the other half of a connection.
    this.server = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
  }

  /** @param port the port of the monitor; a function chooses one for each connection */
  static async start(port: number | (() => number), random: SeededRandom): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(typeof port === 'number' ? () => port : port, random);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** New connections have no faults. */
  calm(): void {
    this.isCalm = true;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(client: Socket): void {
    const random = this.random.fork(this.connections++);
    const fault = this.isCalm ? 'none' : random.pick(FAULT_NAMES);
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    const server = connect({ port: this.port(), host: '127.0.0.1', allowHalfOpen: true });
    const timers = new Set<NodeJS.Timeout>();
    const destroy = (): void => {
      client.destroy();
      server.destroy();
      for (const timer of timers) clearTimeout(timer);
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', destroy).on('close', destroy);
      socket.on('close', () => this.sockets.delete(socket));
    }
    const later = (ms: number, action: () => void): void => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        action();
      }, ms);
      timers.add(timer);
    };
    client.pipe(server);
    LINK_FAULTS[fault]({ client, server, destroy, later }, random);
  }
}
