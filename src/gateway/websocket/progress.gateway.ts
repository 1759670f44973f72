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
import { legacyConfig, limitsConfig } from '../../config/namespaces.js';
import { streamRequestOf, type StreamRequest } from '../../http/stream-request.js';
import { streamBatches } from '../../messages/stream-batches.js';
import { streamFrames } from '../../messages/stream-frames.js';
import { CHANNEL_ID, INTERNAL } from '../close-codes.js';
import { ConnectionRegistry } from '../connection-registry.js';
import { BatchConnection } from './batch-connection.js';
import { LegacyConnection } from './legacy-connection.js';
import { CLIENT_MESSAGE, type ClientMessage } from './progress-ws.adapter.js';
import { BATCHED } from './sub-protocol.js';
import { WebSocketConnection } from './websocket-connection.js';

/** Routes WebSocket clients by path: `/channels/<id>` is a stream, every other path speaks the original protocol. */
@WebSocketGateway()
export class ProgressGateway implements OnGatewayConnection, OnGatewayDisconnect {
  private readonly logger = new Logger(ProgressGateway.name);

  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(legacyConfig.KEY) private readonly legacy: ConfigType<typeof legacyConfig>,
    private readonly channels: ChannelsService,
    private readonly connections: ConnectionRegistry,
  ) {}

  // Nest does not catch errors of this method, and an error would end the process.
  handleConnection(webSocket: WebSocket, request: IncomingMessage): void {
    webSocket.on('error', this.logError);
    const streamRequest = streamRequestOf(request);
    const connection = this.createConnection(webSocket, request.socket, streamRequest);
    this.connections.add(connection, streamRequest);
    this.guard(connection, () => this.open(connection, streamRequest));
  }

  handleDisconnect(webSocket: WebSocket): void {
    WebSocketConnection.of(webSocket)?.handleClosed();
  }

  // Nest would answer an error with a message that no legacy client knows.
  @SubscribeMessage(CLIENT_MESSAGE)
  handleMessage(
    @ConnectedSocket() webSocket: WebSocket,
    @MessageBody() { data, binary }: ClientMessage,
  ): void {
    const connection = WebSocketConnection.of(webSocket);
    if (connection) this.guard(connection, () => connection.receive(data, binary));
  }

  private createConnection(
    webSocket: WebSocket,
    socket: Socket,
    { route }: StreamRequest,
  ): WebSocketConnection {
    const { limits } = this;
    if (route.kind === 'legacy')
      return new LegacyConnection(webSocket, socket, this.channels, limits, this.legacy);
    return webSocket.protocol === BATCHED
      ? new BatchConnection(webSocket, socket, streamBatches, limits)
      : new WebSocketConnection(webSocket, socket, streamFrames, limits);
  }

  private open(connection: WebSocketConnection, { route, position }: StreamRequest): void {
    if (route.kind === 'bad-channel-id') connection.close(CHANNEL_ID);
    else if (route.kind === 'channel') connection.subscribe(this.channels, route.id, position);
  }

  // One function for all connections. A closure would keep the request in memory: 200 bytes per client.
  private readonly logError = (error: Error): void => {
    this.logger.debug({ message: 'Client error', reason: error.message });
  };

  private guard(connection: WebSocketConnection, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.logger.error({ message: 'A client could not be served', reason: (error as Error).stack });
      connection.close(INTERNAL);
    }
  }
}
