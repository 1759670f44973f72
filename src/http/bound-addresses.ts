import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { formatAddress, isAddressMissing, listenHost, type Address } from '../config/address.js';

/** Connections that may wait to be accepted; Node's default of 511 makes a storm of clients retry for a second. */
const BACKLOG = 4096;

/** Milliseconds that closing waits for connections that the server can't end, because they were upgraded. */
const CLOSE_TIMEOUT = 200;

/**
 * The addresses of an HTTP server. An HTTP server can listen on one address only, so for each further address another
 * server accepts connections and passes them on.
 */
export class BoundAddresses {
  private readonly forwarders: Server[] = [];

  constructor(private readonly server: HttpServer) {}

  /**
   * Listens on the addresses of a host, all with the port of the first, and resolves with the bound addresses. A machine
   * without IPv6 lacks one of the addresses of a name, so this rejects only when an address is taken or none can be bound.
   */
  async listen(hosts: readonly string[], port: number): Promise<string[]> {
    const addresses: string[] = [];
    let failure: unknown;
    for (const host of hosts) {
      const target = this.server.listening ? createForwarder(this.server) : this.server;
      try {
        await listen(target, host, boundTo(this.server)?.port ?? port);
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

  /** Stops listening and closes the connections that are left. */
  close(): Promise<void> {
    for (const forwarder of this.forwarders) forwarder.close();
    return new Promise((resolve) => {
      // The server still counts a connection that an upgrade has taken away from it.
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

function listen(server: Server, ip: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, backlog: BACKLOG, host: listenHost(ip) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
