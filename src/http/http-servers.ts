import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { HttpAdapterHost } from '@nestjs/core';
import cors from 'cors';
import { bindHosts, formatAddress, openableUrl, type Address } from '../config/address.js';
import { originMatcher } from '../config/origin.js';
import { limitsConfig, rootConfig } from '../config/namespaces.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { AcceptQueue } from './accept-queue.js';
import { boundTo, BoundAddresses } from './bound-addresses.js';
import { ClosingSockets } from './closing-sockets.js';
import { cameBy, type Listener } from './listener.guard.js';
import type { Capacity } from './open-files.js';
import { OpenFilesWatch } from './open-files-watch.js';
import { RequestGate } from './request-gate.js';

/** Seconds that a client may take to send the head of its request, and the whole of it. */
const HEAD_TIMEOUT = 10;
const REQUEST_TIMEOUT = 30;

/** Milliseconds between two looks for clients beyond these times. All that are found are ended together. */
const TIMEOUT_CHECK = 1000;

/** Seconds that an idle connection is kept: longer than the 60 s after which proxies stop using one. */
const KEEP_ALIVE = 75;

/** The same while less than half of the spare connections is left: page loads must not fill the port with idle ones. */
const KEEP_ALIVE_CROWDED = 5;

/** Connections that the admin listener accepts: operators, probes and a dashboard need some dozens. */
const ADMIN_CONNECTIONS = 500;

/** What scripts of the configured `origins` may do: read, with a token and a position. */
const CORS = {
  methods: ['GET', 'HEAD'],
  allowedHeaders: ['Accept', 'Authorization', 'If-None-Match', 'Last-Event-ID'],
  exposedHeaders: ['ETag'],
  maxAge: 600,
};

/** Answers a request, or returns false and leaves it to the next. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Takes a request for a WebSocket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** The two HTTP servers before the one application: public for watchers, admin for operators. */
@Injectable()
export class HttpServers {
  state: 'starting' | 'open' | 'draining' | 'closed' = 'starting';
  readonly public: Server;
  readonly admin: Server | null;
  /** Sees the requests of the public listener before the application does. */
  first: RequestHandler = () => false;
  /** Takes the WebSockets of the public listener. */
  upgrade: UpgradeHandler = (_request, socket) => socket.destroy();
  readonly capacity: Capacity;
  /** Connections of both listeners that are being closed. */
  readonly closing = new ClosingSockets();

  private readonly logger = new Logger(HttpServers.name);
  private readonly dropped = new ThrottledWarning(this.logger, 'Too many connections: dropping more');
  private readonly failed = new ThrottledWarning(this.logger, 'Accepting connections failed');
  private readonly files: OpenFilesWatch;
  private readonly addresses: BoundAddresses[] = [];

  constructor(
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    @Inject(limitsConfig.KEY) limits: ConfigType<typeof limitsConfig>,
    private readonly host: HttpAdapterHost,
  ) {
    this.files = new OpenFilesWatch(limits.connections, this.logger);
    this.capacity = this.files.capacity;
    this.public = this.create('public');
    new AcceptQueue(this.public);
    this.public.maxConnections = this.capacity.connections;
    this.admin = root.admin_uri && this.create('admin');
    if (this.admin) this.admin.maxConnections = ADMIN_CONNECTIONS;
  }

  /** Whether new clients are taken. */
  get open(): boolean {
    return this.state === 'open';
  }

  /** Starts listening on both. Throws an error that names the key and the address. */
  async listen(): Promise<void> {
    this.files.start();
    await this.bind('websocket_uri', this.public, this.root.websocket_uri);
    await this.listenForAdmin();
    if (this.state === 'starting') this.state = 'open';
  }

  /** Stops being ready; probes are still answered. */
  drain(): void {
    this.state = 'draining';
  }

  /** Closes both servers and the connections that are left. */
  async close(): Promise<void> {
    this.state = 'closed';
    this.files.stop();
    this.closing.destroyAll();
    await Promise.all(this.addresses.map((addresses) => addresses.close()));
  }

  private create(listener: Listener): Server {
    const server = createServer({
      keepAliveTimeout: KEEP_ALIVE * 1000,
      headersTimeout: HEAD_TIMEOUT * 1000,
      requestTimeout: REQUEST_TIMEOUT * 1000,
      connectionsCheckingInterval: TIMEOUT_CHECK,
      noDelay: true,
    });
    const origins = this.root.origins;
    // Without origins no request gets a header; a list would answer every preflight, though.
    const allow =
      origins.length > 0
        ? cors({ origin: origins.includes('*') ? '*' : origins.map(originMatcher), ...CORS })
        : null;
    const answer = (request: IncomingMessage, response: ServerResponse): boolean => {
      if (listener === 'public') {
        if (this.first(request, response)) return true;
        this.adjustKeepAlive();
      }
      cameBy(listener, request);
      this.host.httpAdapter.getInstance()(request, response);
      return false;
    };
    new RequestGate(server, this.closing, {
      upgrade: listener === 'public' ? (...upgrade) => this.upgrade(...upgrade) : undefined,
      answer: (request, response) => {
        response.setHeader('X-Content-Type-Options', 'nosniff');
        // Before the application nobody else catches: whatever goes wrong costs this connection, not the process.
        try {
          if (!allow) return answer(request, response);
          let streams = false;
          allow(request, response, () => (streams = answer(request, response)));
          return streams;
        } catch (error) {
          this.logger.error({ message: 'Answering a request failed', reason: (error as Error).stack });
          request.destroy();
          return false;
        }
      },
    });
    server.on('drop', () => this.dropped.warn({ listener }));
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) this.failed.warn({ listener, reason: error.code ?? error.message });
    });
    return server;
  }

  private adjustKeepAlive(): void {
    this.public.getConnections((_error, count) => {
      const { clients, connections } = this.capacity;
      const crowded = count > (clients + connections) / 2;
      this.public.keepAliveTimeout = (crowded ? KEEP_ALIVE_CROWDED : KEEP_ALIVE) * 1000;
    });
  }

  // Two monitors with two files of the original, which have no admin_uri, can share a host.
  private async listenForAdmin(): Promise<void> {
    const address = this.root.admin_uri;
    if (!this.admin || !address) return;
    try {
      await this.bind('admin_uri', this.admin, address);
    } catch (error) {
      if (!address.optional) throw error;
      this.logger.warn({
        message: 'Running without the admin listener: its default address cannot be had; set admin_uri',
        reason: (error as Error).message,
      });
    }
  }

  private async bind(key: string, server: Server, address: Address): Promise<void> {
    try {
      const hosts = await bindHosts(address);
      // The shutdown has begun meanwhile.
      if (this.state !== 'starting') return;
      const addresses = new BoundAddresses(server);
      this.addresses.push(addresses);
      const bound = await addresses.listen(hosts, address.port);
      this.logger.log({
        message: 'Listening',
        key,
        address: bound.join(', '),
        url: openableUrl(boundTo(server)!),
      });
    } catch (error) {
      throw new Error(`${key}: cannot listen on ${formatAddress(address)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}
