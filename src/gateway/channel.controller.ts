import {
  All,
  BadRequestException,
  Controller,
  MethodNotAllowedException,
  NotAcceptableException,
  NotFoundException,
  Req,
  Res,
  ServiceUnavailableException,
  UseGuards,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Request, Response } from 'express';
import { ChannelsService } from '../channels/channels.service.js';
import { readPosition } from '../channels/position.js';
import type { Settings } from '../config/settings.js';
import { PublicOnly } from '../listeners/listener.guard.js';
import { Listeners } from '../listeners/listeners.service.js';
import { Page } from '../page/page.js';
import { routeOf, type ChannelRoute } from './route.js';
import { END_ID, SSE_HEADERS, SseWatcher } from './sse-watcher.js';
import { Watchers } from './watchers.service.js';

// What `Accept: */*` gets comes first: a plain `curl -N` shows the stream.
const TYPES = ['text/event-stream', 'application/json', 'text/html'] as const;

/** A channel over plain HTTP: the stream as Server-Sent Events, the summary as JSON, a page; chosen by `Accept`. */
@Controller()
@UseGuards(PublicOnly)
export class ChannelController {
  private readonly limits: Settings['limits'];
  private readonly origins: readonly string[];

  constructor(
    config: ConfigService<Settings, true>,
    private readonly channels: ChannelsService,
    private readonly watchers: Watchers,
    private readonly listeners: Listeners,
    private readonly page: Page,
  ) {
    this.limits = config.get('limits', { infer: true });
    this.origins = config.get('origins', { infer: true });
  }

  @All(['channels/:id', '*prefix/channels/:id'])
  answer(@Req() request: Request, @Res() response: Response): void {
    response.vary('Accept');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      throw new MethodNotAllowedException();
    }
    const route = routeOf(request.originalUrl, this.limits.channel_id_bytes);
    // Express matches more than is a channel to a WebSocket: `/Channels/x`, `/channels/x/`.
    if (route.kind === 'legacy') throw new NotFoundException(`Cannot GET ${request.path}`);
    if (route.kind === 'bad-channel-id') throw new BadRequestException('Not a channel id');
    const type = request.accepts([...TYPES]);
    if (type === 'text/event-stream') this.stream(route, request, response);
    else if (type === 'application/json') this.summarize(route, request, response);
    else if (type === 'text/html') this.show(response);
    else throw new NotAcceptableException(`Expected Accept to allow one of ${TYPES.join(', ')}`);
  }

  private stream({ id, after }: ChannelRoute, request: Request, response: Response): void {
    const lastId = request.get('Last-Event-ID') ?? after;
    if (lastId !== undefined && this.isOver(id, lastId)) return void response.status(204).end();
    if (!this.listeners.open || this.watchers.full) {
      response.setHeader('Retry-After', '2');
      throw new ServiceUnavailableException();
    }
    if (request.method === 'HEAD') return void response.set(SSE_HEADERS).end();

    const watcher = new SseWatcher(response, this.limits.socket_buffer_bytes);
    watcher.onLeave(() => this.watchers.remove(watcher));
    this.watchers.add(watcher);
    watcher.watch(this.channels, id, readPosition(lastId));
  }

  // An EventSource always comes back; 204 is the one answer that stops it.
  private isOver(id: string, lastId: string): boolean {
    if (lastId === END_ID) return true;
    const summary = this.channels.summary(id);
    return Boolean(summary?.finished_at) && summary?.position === lastId;
  }

  // Express makes the ETag from the body, and answers 304 to who has it; but not to a script's fetch(), which says
  // no-cache beside If-None-Match and still means it.
  private summarize({ id }: ChannelRoute, request: Request, response: Response): void {
    delete request.headers['cache-control'];
    const summary = this.channels.summary(id);
    if (!summary) throw new NotFoundException('Unknown channel');
    response.set('Cache-Control', 'no-cache').json(summary);
  }

  private show(response: Response): void {
    const { headers, body } = this.page.html(this.origins);
    response.set(headers).send(body);
  }
}
