import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@nestjs/common';
import { bindHosts, formatAddress, openableUrl, type Address } from '../config/address.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { boundTo, BoundAddresses } from './bound-addresses.js';
import type { ClosingSockets } from './closing-sockets.js';
import { RequestGate, type RequestHandlers } from './request-gate.js';
import type { Listener } from './stream-request.js';
import { errorText } from '../text/error-text.js';

/** Seconds that a client may take to send the head of its request, and the whole request. */
const HEAD_TIMEOUT = 10;
const REQUEST_TIMEOUT = 30;

/** Milliseconds between two checks of these timeouts. All late connections of a check are ended together. */
const TIMEOUT_CHECK = 1000;

/** Seconds that an idle connection is kept: longer than the 60 s after which proxies stop using a connection. */
export const KEEP_ALIVE = 75;

/** Counters since the start, for metrics. */
export interface HttpCounters {
  requests: number;
  /** Connections dropped because the server had reached its limit. */
  dropped: number;
}

/** One HTTP server: its timeouts, the gate before its requests, and the addresses it listens on. */
export class HttpServer {
  readonly server: Server;
  readonly counters: HttpCounters = { requests: 0, dropped: 0 };
  /** The addresses on which the server listens, as URLs. */
  urls: readonly string[] = [];
  private readonly addresses: BoundAddresses;
  private closed = false;

  constructor(
    private readonly listener: Listener,
    closing: ClosingSockets,
    handlers: RequestHandlers,
    private readonly logger: Logger,
  ) {
    this.server = createServer({
      keepAliveTimeout: KEEP_ALIVE * 1000,
      headersTimeout: HEAD_TIMEOUT * 1000,
      requestTimeout: REQUEST_TIMEOUT * 1000,
      connectionsCheckingInterval: TIMEOUT_CHECK,
      noDelay: true,
    });
    this.addresses = new BoundAddresses(this.server);
    new RequestGate(this.server, closing, {
      upgrade: handlers.upgrade,
      answer: (request, response) => this.answer(request, response, handlers),
    });
    this.logErrors();
  }

  /**
   * Listens on `address` and logs where. Does nothing after `close`.
   *
   * @param key the configuration key of the address
   * @throws an error that names the key and the address
   */
  async listen(key: string, address: Address): Promise<void> {
    try {
      const hosts = await bindHosts(address);
      if (this.closed) return;
      const bound = await this.addresses.listen(hosts, address.port);
      this.urls = urlsOf(bound);
      this.logger.log({
        message: 'Listening',
        key,
        address: bound.join(', '),
        url: openableUrl(boundTo(this.server)!),
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
      this.urls = urlsOf(bound);
      this.logger.log({
        message: `Listening on a socket from systemd instead of ${key}`,
        [key]: formatAddress(unused),
        address: bound.join(', '),
        url: openableUrl(boundTo(this.server)!),
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
    await this.addresses.close();
  }

  // No caller catches errors. An error must end the connection, not the process.
  private answer(request: IncomingMessage, response: ServerResponse, handlers: RequestHandlers): boolean {
    this.counters.requests++;
    response.setHeader('X-Content-Type-Options', 'nosniff');
    try {
      return handlers.answer(request, response);
    } catch (error) {
      this.logger.error({ message: 'Answering a request failed', reason: (error as Error).stack });
      request.destroy();
      return false;
    }
  }

  private logErrors(): void {
    const { listener, server, logger } = this;
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

function urlsOf(addresses: readonly string[]): string[] {
  return addresses.map((address) => `http://${address}/`);
}
