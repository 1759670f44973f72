import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '@nestjs/common';
import { bindHosts, formatAddress, openableUrl, type Address } from '../config/address.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { boundTo, BoundAddresses } from './bound-addresses.js';
import type { ClosingSockets } from './closing-sockets.js';
import { createHttpsServer, createHttpServer } from './create-server.js';
import { RequestGate, type RequestHandlers } from './request-gate.js';
import type { Listener } from './stream-request.js';
import { TlsHandshakes } from './tls-handshakes.js';
import { errorText } from '../text/error-text.js';

/** Counters since the start, for metrics. */
export interface HttpCounters {
  requests: number;
  /** Connections dropped because the server had reached its limit. */
  dropped: number;
}

/** What distinguishes the two servers. */
export interface HttpServerOptions {
  readonly listener: Listener;
  /** The server speaks HTTPS. It needs `setContext` before it listens. */
  readonly tls: boolean;
  /** Clients need a certificate. Only with `tls`. */
  readonly requestCert: boolean;
}

/** One HTTP server: its timeouts, the gate before its requests, and the addresses it listens on. */
export class HttpServer {
  readonly server: Server;
  readonly counters: HttpCounters = { requests: 0, dropped: 0 };
  /** `undefined`: the server speaks plain HTTP. */
  readonly handshakes: TlsHandshakes | undefined;
  /** The addresses on which the server listens, as URLs. */
  urls: readonly string[] = [];
  private readonly addresses: BoundAddresses;
  private closed = false;

  constructor(
    private readonly options: HttpServerOptions,
    closing: ClosingSockets,
    handlers: RequestHandlers,
    private readonly logger: Logger,
  ) {
    this.server = options.tls ? createHttpsServer(options.requestCert) : createHttpServer();
    if (this.server instanceof SecureServer)
      this.handshakes = new TlsHandshakes(this.server, closing, logger);
    this.addresses = new BoundAddresses(this.server);
    new RequestGate(this.server, closing, {
      upgrade: handlers.upgrade,
      answer: (request, response) => this.answer(request, response, handlers),
      listener: options.listener,
    });
    this.logErrors();
  }

  /** Uses another certificate for the handshakes that follow. Open connections keep the previous one. */
  setContext(context: SecureContextOptions): void {
    if (this.server instanceof SecureServer) this.server.setSecureContext(context);
  }

  /**
   * Listens on `address` and logs where. Does nothing after `close`.
   *
   * @param key the configuration key of the address
   * @param reusePort other processes may listen on `address` too
   * @throws an error that names the key and the address
   */
  async listen(key: string, address: Address, reusePort = false): Promise<void> {
    try {
      const hosts = await bindHosts(address);
      if (this.closed) return;
      const bound = await this.addresses.listen(hosts, address.port, reusePort);
      this.urls = bound.map((each) => `${this.scheme}://${each}/`);
      this.logger.log({
        message: 'Listening',
        key,
        address: bound.join(', '),
        url: openableUrl(boundTo(this.server)!, this.scheme),
      });
    } catch (error) {
      throw new Error(`${key}: cannot listen on ${formatAddress(address)}: ${errorText(error)}`, {
        cause: error,
      });
    }
  }

  /**
   * Listens on sockets from systemd and logs where.
   *
   * @param sockets file descriptors
   * @param key the configuration key of the address that is not used
   */
  async listenOnSockets(sockets: readonly number[], key: string, unused: Address): Promise<void> {
    try {
      const bound = await this.addresses.adopt(sockets);
      this.urls = bound.map((each) => `${this.scheme}://${each}/`);
      this.logger.log({
        message: `Listening on a socket from systemd instead of ${key}`,
        [key]: formatAddress(unused),
        address: bound.join(', '),
        url: openableUrl(boundTo(this.server)!, this.scheme),
      });
    } catch (error) {
      throw new Error(`Cannot listen on the socket from systemd: ${errorText(error)}`, { cause: error });
    }
  }

  /** Stops listening. Only connections that wait for their next request are closed. */
  stopListening(): void {
    this.addresses.stopListening();
  }

  /** Stops listening and closes the remaining connections. */
  async close(): Promise<void> {
    this.closed = true;
    this.handshakes?.close();
    await this.addresses.close();
  }

  private get scheme(): 'http' | 'https' {
    return this.options.tls ? 'https' : 'http';
  }

  // No caller catches errors. An error must end the connection, not the process.
  private answer(request: IncomingMessage, response: ServerResponse, handlers: RequestHandlers): boolean {
    this.counters.requests++;
    try {
      return handlers.answer(request, response);
    } catch (error) {
      this.logger.error({ message: 'Answering a request failed', reason: (error as Error).stack });
      request.destroy();
      return false;
    }
  }

  private logErrors(): void {
    const { server, logger } = this;
    const { listener } = this.options;
    const dropped = new ThrottledWarning(logger, 'Too many connections: dropping more');
    const failed = new ThrottledWarning(logger, 'Accepting connections failed');
    server.on('drop', () => {
      this.counters.dropped++;
      dropped.warn({ listener });
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      // `listen` throws its errors itself.
      if (server.listening) failed.warn({ listener, reason: error.code ?? error.message });
    });
  }
}
