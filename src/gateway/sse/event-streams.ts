import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ChannelsService } from '../../channels/channels.service.js';
import { readPosition } from '../../messages/position.js';
import { limitsConfig } from '../../config/namespaces.js';
import { HttpServers } from '../../http/http-servers.js';
import { stripPrefix } from '../../http/prefix.js';
import { representationFor } from '../../http/representation.js';
import type { PassingReason } from '../retry.js';
import { routeOf, type ChannelRoute } from '../../http/route.js';
import { END_ID, SseConnection } from './sse-connection.js';
import { ConnectionRegistry } from '../connection-registry.js';

/**
 * Answers the requests that can be answered with a stream, before Express sees them; all others are `ChannelController`'s.
 * Behind Express a stream that stays open holds 18 KiB instead of 9.
 */
@Injectable()
export class EventStreams {
  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    private readonly channels: ChannelsService,
    private readonly connections: ConnectionRegistry,
    private readonly listeners: HttpServers,
  ) {
    listeners.first = (request, response) => {
      const taken = this.take(request, response);
      if (!taken) stripPrefix(request);
      return taken;
    };
  }

  /** Why no stream can be opened now. */
  get refusal(): PassingReason | undefined {
    if (!this.listeners.open) return 'restart';
    return this.connections.full ? 'busy' : undefined;
  }

  /** Whether the watcher has all of a stream that is over: an EventSource always comes back, and 204 is what stops it. */
  isOver(route: ChannelRoute, request: IncomingMessage): boolean {
    const position = lastPosition(route, request);
    if (position === undefined || position === END_ID) return position === END_ID;
    const summary = this.channels.summary(route.id);
    return Boolean(summary?.finished_at) && summary?.position === position;
  }

  private take(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = response;
    if (!socket || request.method !== 'GET' || this.refusal) return false;
    const route = routeOf(request.url ?? '/', this.limits.channel_id_bytes);
    if (route.kind !== 'channel' || representationFor(request) !== 'text/event-stream') return false;
    if (this.isOver(route, request)) return false;

    const position = readPosition(lastPosition(route, request));
    response.appendHeader('Vary', 'Accept');
    const watcher = new SseConnection(
      response,
      socket,
      this.listeners.closing,
      this.limits.socket_buffer_bytes,
    );
    watcher.onLeave(() => this.connections.remove(watcher));
    this.connections.add(watcher);
    watcher.watch(this.channels, route.id, position);
    return true;
  }
}

/** The last message that the client has seen, as it says: an EventSource that comes back by a header. */
function lastPosition({ after }: ChannelRoute, request: IncomingMessage): string | undefined {
  // An empty header is as good as none.
  return request.headers['last-event-id']?.toString() || after;
}
