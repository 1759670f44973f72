import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { HttpAdapterHost } from '@nestjs/core';
import { authConfig, limitsConfig, rootConfig } from '../config/namespaces.js';
import { ConfigError, type Problem } from '../config/problem.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { AccessCheck, answerDenied } from './access-check.js';
import { AcceptQueue } from './accept-queue.js';
import { CertificateService } from './certificate.service.js';
import { Arrivals } from './addresses/arrivals.js';
import { ClosingSockets } from './closing-sockets.js';
import { CorsPolicy } from './cors-policy.js';
import { KEEP_ALIVE } from './create-server.js';
import { answerError } from './error-answer.js';
import { HostPolicy } from './host-policy.js';
import { HttpServer } from './http-server.js';
import { inheritedSockets } from './inherited-sockets.js';
import type { Capacity } from './open-files.js';
import { OpenFilesWatch } from './open-files-watch.js';
import { OriginPolicy } from './origin-policy.js';
import { stripPrefix } from './prefix.js';
import type { RequestHandlers } from './request-gate.js';
import {
  keepStreamRequest,
  parseStreamRequest,
  type Listener,
  type StreamRequest,
} from './stream-request.js';
import { errorStack, errorText } from '../text/error-text.js';

/**
 * Seconds that an idle connection is kept while the server is almost full: idle page loads must not keep clients out.
 */
const KEEP_ALIVE_ALMOST_FULL = 5;

/** Connections that the admin server accepts: operators, probes and a dashboard need some dozens. */
const ADMIN_CONNECTIONS = 500;

/** The socket exists before the monitor starts, without the option that shares its port. */
const REUSE_PORT_WITH_SYSTEMD: Problem = {
  key: 'reuseport',
  expected:
    'false with a socket from systemd; with ReusePort=yes in its socket units, systemd shares the port',
  got: 'true',
  source: 'configuration',
};

/** Answers a request, or returns false and leaves the request to the next handler. */
export type RequestHandler = (
  streamRequest: StreamRequest,
  request: IncomingMessage,
  response: ServerResponse,
) => boolean;

/** Takes the upgrade of a connection to a WebSocket. */
export type UpgradeHandler = (
  streamRequest: StreamRequest,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
) => void;

/** The two HTTP servers of the application: public for people who watch jobs, admin for operators. */
@Injectable()
export class HttpServers {
  readonly public: HttpServer;
  /** `null` when `admin_uri` is `off`. */
  readonly admin: HttpServer | null;
  /** Gets each request of the public server before Express. */
  requestHandler: RequestHandler = () => false;
  /** Gets each WebSocket upgrade of the public server. */
  upgradeHandler: UpgradeHandler = (_streamRequest, _request, socket) => socket.destroy();
  /** Checks the tokens of requests to both servers. */
  readonly access = new AccessCheck((error, { socket }) => {
    this.failures.warn({ reason: errorStack(error) });
    socket.destroy();
  });
  /** Refuses requests to the admin server that may come from a web site. */
  readonly hosts: HostPolicy;
  /** Connections of both servers that are being closed. */
  readonly closing = new ClosingSockets();

  private readonly logger = new Logger(HttpServers.name);
  private readonly failures = new ThrottledWarning(
    this.logger,
    'An unexpected error in a request: its connection is closed',
    'error',
  );
  private readonly cors: CorsPolicy;
  private readonly files: OpenFilesWatch;
  private readonly acceptQueue: AcceptQueue;
  /** File descriptors of the sockets from systemd on which the public server listens. */
  private readonly inherited = inheritedSockets('public', process.env, process.pid);

  constructor(
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(authConfig.KEY) auth: ConfigType<typeof authConfig>,
    private readonly host: HttpAdapterHost,
    /** The certificate of the public server. */
    readonly certificates: CertificateService,
    private readonly arrivals: Arrivals,
    private readonly origins: OriginPolicy,
  ) {
    this.cors = new CorsPolicy(root);
    this.hosts = new HostPolicy({ root, auth }, this.logger);
    this.files = new OpenFilesWatch(limits, this.logger);
    this.public = this.createPublic();
    this.acceptQueue = new AcceptQueue(this.public.server, arrivals);
    this.admin = root.admin_uri && this.createAdmin();
  }

  /** How many clients and connections the public server accepts. */
  get capacity(): Capacity {
    return this.files.capacity;
  }

  /** Applies a changed `limits.connections`. Closes no client. */
  applyLimits(): void {
    this.files.update();
    this.public.server.maxConnections = this.capacity.connections;
  }

  /** Starts listening on both servers. Throws an error that names the key and the address or the file. */
  async listen(): Promise<void> {
    this.files.start();
    await this.certificates.start((context) => this.public.setContext(context));
    await this.listenForPublic();
    this.warnAboutOrigins();
    await this.listenForAdmin();
  }

  /**
   * Stops listening where new clients get another process: systemd keeps its sockets open for the next process, and with
   * `reuseport` the kernel gives new clients to the other processes. Other sockets stay open until `close`, because their
   * clients would be refused.
   */
  releaseSharedSockets(): void {
    if (this.inherited.length > 0 || this.root.reuseport) this.public.stopListening();
  }

  /** Closes both servers and the remaining connections. */
  async close(): Promise<void> {
    this.files.stop();
    this.certificates.stop();
    this.acceptQueue.close();
    this.closing.destroyAll();
    await Promise.all([this.public.close(), this.admin?.close()]);
  }

  private createPublic(): HttpServer {
    const upgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
      this.access.run(this.parse(request, 'public', true), request, (streamRequest) => {
        keepStreamRequest(request, streamRequest);
        this.upgradeHandler(streamRequest, request, socket, head);
        return true;
      });
    };
    const handlers: RequestHandlers = {
      answer: (request, response) => this.answerOnPublic(request, response),
      upgrade,
    };
    const { enabled: tls, requiresClientCertificate: requestCert } = this.certificates;
    const options = { listener: 'public', tls, requestCert } as const;
    const http = new HttpServer(options, this.closing, handlers, this.logger);
    http.server.maxConnections = this.capacity.connections;
    return http;
  }

  private createAdmin(): HttpServer {
    const handlers: RequestHandlers = {
      answer: (request, response) => this.answerOnAdmin(request, response),
      upgrade: undefined,
    };
    const options = { listener: 'admin', tls: false, requestCert: false } as const;
    const http = new HttpServer(options, this.closing, handlers, this.logger);
    http.server.maxConnections = ADMIN_CONNECTIONS;
    return http;
  }

  // Only the public server has CORS: no other web site may read what the admin server says.
  private answerOnPublic(request: IncomingMessage, response: ServerResponse): boolean {
    let isStream = false;
    this.cors.apply(request, response, () => {
      isStream = this.answerOn('public', request, response);
    });
    return isStream;
  }

  private answerOnAdmin(request: IncomingMessage, response: ServerResponse): boolean {
    const { clientAddress } = this.arrivals.clientOf(request);
    const refusal = this.hosts.refusalOf(request, clientAddress);
    if (refusal === undefined) return this.answerOn('admin', request, response);
    answerError(response, 421, refusal);
    return false;
  }

  /** Answers a request. Returns true if the answer is a stream. */
  private answerOn(listener: Listener, request: IncomingMessage, response: ServerResponse): boolean {
    return this.access.run(this.parse(request, listener), request, (streamRequest) =>
      this.answer(streamRequest, request, response),
    );
  }

  private answer(streamRequest: StreamRequest, request: IncomingMessage, response: ServerResponse): boolean {
    if (streamRequest.listener === 'public') {
      if (this.requestHandler(streamRequest, request, response)) return true;
      stripPrefix(request);
      this.adjustKeepAlive();
    } else if (streamRequest.access?.granted === false) {
      answerDenied(streamRequest.access, response);
      return false;
    }
    keepStreamRequest(request, streamRequest);
    this.host.httpAdapter.getInstance()(request, response);
    return false;
  }

  private parse(request: IncomingMessage, listener: Listener, webSocket = false): StreamRequest {
    return parseStreamRequest(request, {
      listener,
      webSocket,
      maxIdBytes: this.limits.channel_id_bytes,
      ...this.arrivals.clientOf(request),
    });
  }

  private adjustKeepAlive(): void {
    const { server } = this.public;
    server.getConnections((_error, count) => {
      const { clients, connections } = this.capacity;
      const isAlmostFull = count > (clients + connections) / 2;
      server.keepAliveTimeout = (isAlmostFull ? KEEP_ALIVE_ALMOST_FULL : KEEP_ALIVE) * 1000;
    });
  }

  private warnAboutOrigins(): void {
    if (this.origins.isSet || this.public.urls.every(isLoopbackUrl)) return;
    this.logger.warn(
      'Any web site can open WebSockets: set origins to the sites that may, or to * to allow all without this warning',
    );
  }

  private async listenForPublic(): Promise<void> {
    const { websocket_uri: address, reuseport: reusePort } = this.root;
    if (this.inherited.length === 0) return this.public.listen('websocket_uri', address, reusePort);
    if (reusePort) throw new ConfigError('configuration', [REUSE_PORT_WITH_SYSTEMD]);
    return this.public.listenOnSockets(this.inherited, 'websocket_uri', address);
  }

  // Two monitors with configuration files of the original, which have no admin_uri, must start on the same host.
  private async listenForAdmin(): Promise<void> {
    const address = this.root.admin_uri;
    if (!this.admin || !address) return;
    try {
      await this.admin.listen('admin_uri', address);
    } catch (error) {
      if (!address.optional) throw error;
      this.logger.warn({
        message: 'Running without the admin listener: its default address is not available; set admin_uri',
        reason: errorText(error),
      });
    }
  }
}

function isLoopbackUrl(url: string): boolean {
  return /^https?:\/\/(127\.[\d.]+|\[::1\])(:|\/)/.test(url);
}
