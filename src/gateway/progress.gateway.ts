import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { ChannelsService } from '../channels/channels.service.js';
import { parsePosition, type Position } from '../channels/position.js';
import type { Settings } from '../config/settings.js';
import { CHANNEL_ID, INTERNAL, NO_CHANNEL_ID, RESTART, TEXT_ONLY } from './close-codes.js';
import { Heartbeat } from './heartbeat.js';
import { CLIENT_MESSAGE, type ClientMessage } from './progress-ws.adapter.js';
import { isChannelId, routeOf } from './route.js';
import { Watcher } from './watcher.js';

/** Milliseconds between two steps of closing the clients at a shutdown. */
const DRAIN_STEP = 20;

/** Meets the WebSocket clients and routes them by path: `/channels/<id>` is a stream, every other path is legacy. */
@WebSocketGateway()
export class ProgressGateway implements OnGatewayConnection, OnGatewayDisconnect, OnApplicationShutdown {
  private readonly logger = new Logger(ProgressGateway.name);
  private readonly limits: Settings['limits'];
  private readonly heartbeat: Heartbeat;
  private readonly watchers = new Map<WebSocket, Watcher>();

  constructor(
    config: ConfigService<Settings, true>,
    private readonly channels: ChannelsService,
  ) {
    this.limits = config.get('limits', { infer: true });
    this.heartbeat = new Heartbeat(config.get('heartbeat.interval', { infer: true }));
  }

  // Total: whatever is thrown here would end the process.
  handleConnection(client: WebSocket, request: IncomingMessage): void {
    client.on('error', (error) => this.logger.debug({ message: 'Client error', reason: error.message }));
    this.heartbeat.add(client);
    const watcher = new Watcher(client, request.socket, this.limits.socket_buffer_bytes);
    this.watchers.set(client, watcher);
    this.guarded(watcher, () => {
      const route = routeOf(request.url ?? '/', this.limits.channel_id_bytes);
      if (route.kind === 'bad-channel-id') watcher.close(CHANNEL_ID);
      else if (route.kind === 'legacy') watcher.expectChannelId(this.limits.subscribe_timeout, NO_CHANNEL_ID);
      else watcher.watch(this.channels, route.id, positionOf(route.after));
    });
  }

  handleDisconnect(client: WebSocket): void {
    this.watchers.get(client)?.left();
    this.watchers.delete(client);
  }

  // Total as well: an error here would be answered with a message that no legacy client knows.
  @SubscribeMessage(CLIENT_MESSAGE)
  handleMessage(@ConnectedSocket() client: WebSocket, @MessageBody() { data, binary }: ClientMessage): void {
    const watcher = this.watchers.get(client);
    if (!watcher) return;
    this.guarded(watcher, () => {
      if (!watcher.expectsChannelId)
        return binary && !watcher.isLegacy ? watcher.close(TEXT_ONLY) : undefined;
      const id = data.toString();
      if (binary) watcher.close(TEXT_ONLY);
      else if (!isChannelId(id, this.limits.channel_id_bytes)) watcher.close(CHANNEL_ID);
      else watcher.watch(this.channels, id);
    });
  }

  /**
   * Closes the clients with 1012, spread over `seconds` so that they don't all come back in the same instant. The last
   * ones are left for the adapter's `close`, so that they still see what comes in until the ROUTER is closed.
   */
  async drain(seconds: number): Promise<void> {
    const watchers = [...this.watchers.values()];
    const steps = Math.max(1, Math.min(watchers.length, Math.floor((seconds * 1000) / DRAIN_STEP)));
    const share = (step: number): number => Math.floor((watchers.length * step) / steps);
    for (let step = 1; step < steps; step++) {
      this.channels.flush();
      for (const watcher of watchers.slice(share(step - 1), share(step))) watcher.close(RESTART);
      await setTimeout((seconds * 1000) / steps);
    }
  }

  onApplicationShutdown(): void {
    this.heartbeat.stop();
  }

  private guarded(watcher: Watcher, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.logger.error({ message: 'A client could not be served', reason: (error as Error).stack });
      watcher.close(INTERNAL);
    }
  }
}

// `null`: a position that can't be read, which no log contains; `undefined`: none was given.
function positionOf(after: string | undefined): Position | null | undefined {
  return after === undefined ? undefined : (parsePosition(after) ?? null);
}
