import type { Server as HttpServer } from 'node:http';
import { createServer, type ListenOptions as NetListenOptions, type Server } from 'node:net';
import { formatAddress, isAddressMissing, listenHost, type Address } from '../config/address.js';

/**
 * Connections that may wait to be accepted. With Node's default of 511, thousands of clients at once would retry after
 * a second.
 */
const BACKLOG = 4096;

/** Milliseconds that `close` waits for upgraded connections, which the server can't end. */
const CLOSE_TIMEOUT = 200;

/** The options of `server.listen`. Node.js 20 has no `reusePort`. */
type ListenOptions = NetListenOptions & { readonly reusePort?: boolean };

/**
 * The addresses of an HTTP server. An HTTP server can listen on one address only, so for each further address another
 * server accepts connections and passes them to the HTTP server.
 */
export class BoundAddresses {
  private readonly forwarders: Server[] = [];

  constructor(private readonly server: HttpServer) {}

  /**
   * Listens on all addresses of a host, with the same port. Resolves to the bound addresses. Skips an address that this
   * machine does not have, such as an IPv6 address. Rejects when an address is in use, or when no address is left.
   *
   * @param reusePort see the key `reuseport`
   */
  async listen(hosts: readonly string[], port: number, reusePort: boolean): Promise<string[]> {
    const addresses: string[] = [];
    let failure: unknown;
    for (const host of hosts) {
      const target = this.server.listening ? createForwarder(this.server) : this.server;
      try {
        await listen(target, { host: listenHost(host), port: boundTo(this.server)?.port ?? port, reusePort });
        if (target !== this.server) this.forwarders.push(target);
        addresses.push(addressOf(target));
      } catch (error) {
        if (!isAddressMissing(error)) throw error;
        failure = error;
      }
    }
    if (addresses.length === 0) throw failure;
    return addresses;
  }

  /**
   * Listens on sockets that are bound already, and resolves with their addresses.
   *
   * @param sockets file descriptors
   */
  async adopt(sockets: readonly number[]): Promise<string[]> {
    const addresses: string[] = [];
    for (const fd of sockets) {
      const target = this.server.listening ? createForwarder(this.server) : this.server;
      await listenOnSocket(target, fd);
      if (target !== this.server) this.forwarders.push(target);
      if (!boundTo(target)) throw new Error(`file descriptor ${fd} is not a TCP socket`);
      addresses.push(addressOf(target));
    }
    return addresses;
  }

  /** Stops listening. Only connections that wait for their next request are closed. */
  stopListening(): void {
    for (const forwarder of this.forwarders) forwarder.close();
    this.server.close();
  }

  /** Stops listening and closes the remaining connections. */
  close(): Promise<void> {
    for (const forwarder of this.forwarders) forwarder.close();
    return new Promise((resolve) => {
      // The server still counts upgraded connections, which it can't close.
      const timer = setTimeout(resolve, CLOSE_TIMEOUT);
      this.server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}

/** The address of a server as `host:port`; empty when the server does not listen. */
export function addressOf(server: Server): string {
  const bound = boundTo(server);
  return bound ? formatAddress(bound) : '';
}

/** The address of a server; `undefined` when the server does not listen. */
export function boundTo(server: Server): Address | undefined {
  const address = server.address();
  return address && typeof address === 'object' ? { host: address.address, port: address.port } : undefined;
}

function createForwarder(server: HttpServer): Server {
  // `pauseOnConnect`: the accept queue in front of the HTTP server resumes each connection in its turn.
  const pauseOnConnect = (server as HttpServer & { pauseOnConnect?: boolean }).pauseOnConnect ?? false;
  const forwarder = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect }, (socket) =>
    server.emit('connection', socket),
  );
  forwarder.maxConnections = server.maxConnections;
  return forwarder;
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return untilListening(server, () => server.listen({ ...options, backlog: BACKLOG }));
}

function listenOnSocket(server: Server, fd: number): Promise<void> {
  // Node ignores `backlog` beside `fd` in the options, and takes the second argument.
  return untilListening(server, () => server.listen({ fd }, BACKLOG));
}

function untilListening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onListening = (): void => {
      server.off('error', reject);
      resolve();
    };
    server.once('error', (error) => {
      server.off('listening', onListening);
      reject(error);
    });
    server.once('listening', onListening);
    listen();
  });
}
