import { Controller, Get, Query, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ExpiringConnections } from '../gateway/expiring-connections.js';
import { SSE_HEADERS } from '../gateway/sse/sse-connection.js';
import { Exchange } from '../http/exchange.js';
import { OnListener } from '../http/on-listener.js';
import { streamRequestOf } from '../http/stream-request.js';
import { ChannelFeed, MAX_STREAMS } from './channel-feed.js';
import { ChannelFilter } from './channel-filter.js';
import { eventsQuery, readQuery } from './query-parameters.js';

/** Seconds after which a client that was refused may come back. */
const RETRY_AFTER = 5;

/** The changes of all channels, and the state of the monitor, as Server-Sent Events. */
@OnListener('admin')
@Controller('events')
export class EventsController {
  /** Streams whose tokens expire. */
  private readonly expiring = new ExpiringConnections<Response>((response) => response.destroy());

  constructor(private readonly feed: ChannelFeed) {}

  @Get()
  open(@Query() query: unknown, @Req() request: Request, @Res() response: Response): void {
    const { state, prefix } = readQuery(eventsQuery, query);
    if (request.method === 'HEAD') return void response.writeHead(200, SSE_HEADERS).end();
    if (!this.feed.hasRoom) {
      response.set('Retry-After', String(RETRY_AFTER));
      throw new ServiceUnavailableException(
        `Expected fewer than ${MAX_STREAMS} open event streams and no shutdown; come back later`,
      );
    }
    Exchange.on(request.socket)!.isStream = true;
    this.feed.open(new ChannelFilter(state, prefix), response);
    const { access } = streamRequestOf(request);
    if (!access?.granted) return;
    this.expiring.add(response, access.expiresAt);
    response.once('close', () => this.expiring.remove(response));
  }
}
