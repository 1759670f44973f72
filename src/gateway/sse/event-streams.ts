import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ChannelsService } from '../../channels/channels.service.js';
import { limitsConfig } from '../../config/namespaces.js';
import { HttpServers } from '../../http/http-servers.js';
import type { StreamRequest } from '../../http/stream-request.js';
import { formatPosition } from '../../messages/position.js';
import { Admission } from '../admission.js';
import { ConnectionRegistry } from '../connection-registry.js';
import { SseConnection } from './sse-connection.js';

/**
 * Opens event streams before Express gets the request; `ChannelController` gives all other answers. An open stream
 * takes 9 KiB; behind Express it would take 18 KiB.
 */
@Injectable()
export class EventStreams {
  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    private readonly channels: ChannelsService,
    private readonly connections: ConnectionRegistry,
    private readonly admission: Admission,
    private readonly servers: HttpServers,
  ) {
    servers.requestHandler = (streamRequest, request, response) =>
      this.open(streamRequest, request, response);
  }

  /**
   * Whether the stream is over and the client has all of it. An EventSource reconnects after each response; only 204
   * stops it.
   */
  isOver({ route, position, hasSeenEnd }: StreamRequest): boolean {
    if (hasSeenEnd || !position || route.kind !== 'channel') return hasSeenEnd;
    const summary = this.channels.summary(route.id);
    const isFinished = Boolean(summary?.finished_at);
    return isFinished && summary?.position === formatPosition(position.epoch, position.seq);
  }

  private open(streamRequest: StreamRequest, { method }: IncomingMessage, response: ServerResponse): boolean {
    const { route, representation, position } = streamRequest;
    const { socket } = response;
    if (!socket || method !== 'GET') return false;
    if (route.kind !== 'channel' || representation !== 'text/event-stream') return false;
    if (this.isOver(streamRequest) || !this.admission.admit(streamRequest).admitted) return false;

    response.appendHeader('Vary', 'Accept');
    const { closing } = this.servers;
    const connection = new SseConnection(response, socket, closing, this.limits.socket_buffer_bytes);
    this.connections.add(connection, streamRequest);
    connection.subscribe(this.channels, route.id, position);
    return true;
  }
}
