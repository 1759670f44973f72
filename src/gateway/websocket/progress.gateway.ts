import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { ChannelsService } from '../../channels/channels.service.js';
import { readPosition } from '../../messages/position.js';
import { legacyConfig, limitsConfig } from '../../config/namespaces.js';
import { BatchConnection } from './batch-connection.js';
import { CHANNEL_ID, INTERNAL, TEXT_ONLY } from '../close-codes.js';
import { FarewellConnection } from './farewell-connection.js';
import { CLIENT_MESSAGE, type ClientMessage } from './progress-ws.adapter.js';
import { isChannelId, routeOf, type Route } from '../../http/route.js';
import { legacyFrames } from '../../messages/legacy-frames.js';
import { streamBatches } from '../../messages/stream-batches.js';
import { streamFrames } from '../../messages/stream-frames.js';
import { BATCHED } from './sub-protocol.js';
import { ConnectionRegistry } from '../connection-registry.js';
import { WebSocketConnection } from './websocket-connection.js';

/** Meets the WebSocket clients and routes them by path: `/channels/<id>` is a stream, every other path is legacy. */
@WebSocketGateway()
export class ProgressGateway implements OnGatewayConnection, OnGatewayDisconnect {
  private readonly logger = new Logger(ProgressGateway.name);

  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(legacyConfig.KEY) private readonly legacy: ConfigType<typeof legacyConfig>,
    private readonly channels: ChannelsService,
    private readonly connections: ConnectionRegistry,
  ) {}

  // Total: whatever is thrown here would end the process.
  handleConnection(client: WebSocket, request: IncomingMessage): void {
    client.on('error', this.logError);
    const route = routeOf(request.url ?? '/', this.limits.channel_id_bytes);
    const watcher = this.watcherFor(client, request.socket, route);
    this.connections.add(watcher);
    this.guarded(watcher, () => this.receive(watcher, route));
  }

  handleDisconnect(client: WebSocket): void {
    const watcher = WebSocketConnection.of(client);
    if (watcher) this.connections.remove(watcher);
  }

  // Total as well: an error here would be answered with a message that no legacy client knows.
  @SubscribeMessage(CLIENT_MESSAGE)
  handleMessage(@ConnectedSocket() client: WebSocket, @MessageBody() { data, binary }: ClientMessage): void {
    const watcher = WebSocketConnection.of(client);
    if (watcher) this.guarded(watcher, () => this.read(watcher, data, binary));
  }

  private watcherFor(client: WebSocket, socket: Socket, route: Route): WebSocketConnection {
    const { limits } = this;
    if (route.kind === 'legacy') {
      const LegacyConnection = this.legacy.farewell ? FarewellConnection : WebSocketConnection;
      return new LegacyConnection(client, socket, legacyFrames, limits);
    }
    return client.protocol === BATCHED
      ? new BatchConnection(client, socket, streamBatches, limits)
      : new WebSocketConnection(client, socket, streamFrames, limits);
  }

  private receive(watcher: WebSocketConnection, route: Route): void {
    if (route.kind === 'bad-channel-id') watcher.dismiss(CHANNEL_ID);
    else if (route.kind === 'legacy') watcher.expectChannelId(this.limits.subscribe_timeout);
    else watcher.watch(this.channels, route.id, readPosition(route.after));
  }

  private read(watcher: WebSocketConnection, data: Buffer, binary: boolean): void {
    if (watcher.expectsChannelId) {
      const id = data.toString();
      if (binary) watcher.dismiss(TEXT_ONLY);
      else if (!isChannelId(id, this.limits.channel_id_bytes)) watcher.dismiss(CHANNEL_ID);
      else watcher.watch(this.channels, id);
    } else if (binary && !watcher.legacy) {
      watcher.dismiss(TEXT_ONLY);
    }
  }

  // One for all clients, and no context that would keep the request's data: 200 bytes a client.
  private readonly logError = (error: Error): void => {
    this.logger.debug({ message: 'Client error', reason: error.message });
  };

  private guarded(watcher: WebSocketConnection, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.logger.error({ message: 'A client could not be served', reason: (error as Error).stack });
      watcher.dismiss(INTERNAL);
    }
  }
}
