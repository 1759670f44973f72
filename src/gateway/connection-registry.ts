import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { heartbeatConfig } from '../config/namespaces.js';
import type { StreamRequest } from '../http/stream-request.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { errorStack } from '../text/error-text.js';
import { TOKEN_EXPIRED } from './close-codes.js';
import { closeAll } from './close-all.js';
import { ConnectionCounters } from './connection-counters.js';
import type { Connection } from './connection.js';
import { ExpiringConnections } from './expiring-connections.js';
import { Heartbeat } from './heartbeat.js';

/** What the registry reads from a request. */
type ConnectionRequest = Pick<StreamRequest, 'access' | 'clientAddress' | 'clientSource'>;

/**
 * All connections: sends heartbeats, counts connections, removes closed connections, closes all connections on
 * shutdown.
 */
@Injectable()
export class ConnectionRegistry implements OnApplicationShutdown {
  readonly counters = new ConnectionCounters();
  private readonly failures = new ThrottledWarning(
    new Logger(ConnectionRegistry.name),
    'An unexpected error in a connection: the client reconnects',
    'error',
  );
  private readonly heartbeat: Heartbeat<Connection>;
  private readonly connections = new Set<Connection>();
  private readonly expiring = new ExpiringConnections<Connection>((connection) => {
    try {
      connection.close(TOKEN_EXPIRED);
    } catch (error) {
      this.handleFailure(connection, error);
    }
  });

  constructor(@Inject(heartbeatConfig.KEY) settings: ConfigType<typeof heartbeatConfig>) {
    this.heartbeat = new Heartbeat<Connection>(settings, (connection, error) =>
      this.handleFailure(connection, error),
    );
  }

  get size(): number {
    return this.connections.size;
  }

  /**
   * Adds a connection. The registry removes the connection after it has closed.
   *
   * @param request the request that opened the connection. The connection closes when its permission expires.
   */
  add(connection: Connection, request?: ConnectionRequest): void {
    if (request) {
      connection.clientAddress = request.clientAddress;
      connection.clientSource = request.clientSource;
    }
    const access = request?.access;
    this.connections.add(connection);
    if (access?.granted) this.expiring.add(connection, access.expiresAt);
    this.heartbeat.add(connection);
    this.counters.countOpened(connection.kind);
    connection.onClosed(this.remove);
  }

  /** The connections that watch a channel, the oldest first. Looks at all connections. */
  ofChannel(id: string): Connection[] {
    return [...this.connections].filter(({ channelId }) => channelId === id);
  }

  /**
   * Closes all connections. Resolves when no connection is open.
   *
   * @param seconds the longest time over which thousands of closes are spread
   */
  async closeAll(seconds: number): Promise<void> {
    await closeAll(this.connections, seconds);
  }

  /** Applies a changed `heartbeat.interval` now. */
  applyInterval(): void {
    this.heartbeat.reschedule();
  }

  onApplicationShutdown(): void {
    this.heartbeat.stop();
    this.expiring.stop();
  }

  private handleFailure(connection: Connection, error: unknown): void {
    this.failures.warn({ reason: errorStack(error) });
    connection.terminate();
  }

  private readonly remove = (connection: Connection): void => {
    this.heartbeat.remove(connection);
    this.connections.delete(connection);
    this.expiring.remove(connection);
    this.counters.countClosed(connection.kind, connection.closeCode);
  };
}
