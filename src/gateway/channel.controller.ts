import {
  All,
  BadRequestException,
  Controller,
  Inject,
  MethodNotAllowedException,
  NotAcceptableException,
  NotFoundException,
  Req,
  Res,
  ServiceUnavailableException,
  UseGuards,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { ChannelsService } from '../channels/channels.service.js';
import { limitsConfig, rootConfig } from '../config/namespaces.js';
import { PublicOnly } from '../http/listener.guard.js';
import { Page } from '../page/page.js';
import { EventStreams } from './sse/event-streams.js';
import { namesEventStream, REPRESENTATIONS, representationFor } from '../http/representation.js';
import { retryDelay } from './retry.js';
import { routeOf, type ChannelRoute } from '../http/route.js';
import { SSE_HEADERS } from './sse/sse-connection.js';

/**
 * A channel over plain HTTP: the stream as Server-Sent Events, the summary as JSON, a page; chosen by `Accept`. Streams
 * that can be opened were taken by `EventStreams` before; here are the other answers to those who asked for one.
 */
@Controller()
@UseGuards(PublicOnly)
export class ChannelController {
  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    private readonly channels: ChannelsService,
    private readonly streams: EventStreams,
    private readonly page: Page,
  ) {}

  @All('channels')
  answer(@Req() request: Request, @Res() response: Response): void {
    const route = routeOf(request.originalUrl, this.limits.channel_id_bytes);
    // `/channels` itself, in any letter case.
    if (route.kind === 'legacy')
      throw new NotFoundException(`Cannot ${request.method} ${request.originalUrl}`);
    response.vary('Accept');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      throw new MethodNotAllowedException();
    }
    if (route.kind === 'bad-channel-id') throw new BadRequestException('Not a channel id');
    const type = representationFor(request);
    if (type === 'text/event-stream') this.answerWithoutStream(route, request, response);
    else if (type === 'application/json') this.summarize(route, request, response);
    else if (type === 'text/html') this.show(response);
    else throw new NotAcceptableException(`Expected Accept to allow one of ${REPRESENTATIONS.join(', ')}`);
  }

  private answerWithoutStream(route: ChannelRoute, request: Request, response: Response): void {
    if (this.streams.isOver(route, request)) return void response.status(204).end();
    const { refusal } = this.streams;
    if (request.method === 'HEAD' && !refusal) return void response.writeHead(200, SSE_HEADERS).end();
    const reason = refusal ?? 'busy';
    const delay = retryDelay(reason);
    response.setHeader('Retry-After', Math.ceil(delay / 1000));
    // An EventSource gives up for ever at an error status; after an empty stream it comes back.
    if (!namesEventStream(request)) throw new ServiceUnavailableException();
    response.writeHead(200, SSE_HEADERS).end(`retry: ${delay}\n: ${reason}\n\n`);
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
    const { headers, body } = this.page.html(this.root.origins);
    response.set(headers).send(body);
  }
}
