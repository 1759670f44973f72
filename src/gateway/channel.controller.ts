import { STATUS_CODES } from 'node:http';
import {
  All,
  BadRequestException,
  Controller,
  HttpException,
  Inject,
  MethodNotAllowedException,
  NotAcceptableException,
  NotFoundException,
  Req,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { ChannelsService } from '../channels/channels.service.js';
import { rootConfig } from '../config/namespaces.js';
import { CHALLENGE } from '../http/access.js';
import { OnListener } from '../http/on-listener.js';
import { REPRESENTATIONS } from '../http/representation.js';
import type { ChannelRoute } from '../http/route.js';
import { streamRequestOf, type StreamRequest } from '../http/stream-request.js';
import { Page } from '../page/page.js';
import { sendStatic } from '../page/send-static.js';
import { RelayService } from '../relay/relay.service.js';
import { Admission } from './admission.js';
import { badgeOf, badgeOptions } from './badge/badge.js';
import { BADGE_HEADERS, badgeSvg } from './badge/badge-svg.js';
import { RangeAnswers } from './ranges/range-answers.js';
import { readRangeQuery } from './ranges/range-query.js';
import { retryDelay, type Refusal } from './refusals.js';
import { EventStreams } from './sse/event-streams.js';
import { SSE_HEADERS } from './sse/sse-connection.js';

/**
 * A channel over plain HTTP, by `Accept`: the stream as Server-Sent Events, the summary as JSON, a range of messages as
 * NDJSON, or the page. The files of a channel are its badge, its summary and its messages, whatever `Accept` says.
 * `EventStreams` opens event streams before Express gets the request; this controller gives all other answers.
 */
@OnListener('public')
@Controller()
export class ChannelController {
  constructor(
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    private readonly channels: ChannelsService,
    private readonly admission: Admission,
    private readonly streams: EventStreams,
    private readonly page: Page,
    private readonly ranges: RangeAnswers,
    private readonly relay: RelayService,
  ) {}

  @All('channels')
  answer(@Req() request: Request, @Res() response: Response): void {
    const streamRequest = streamRequestOf(request);
    const { route, representation } = streamRequest;
    // `/channels` itself, in any letter case.
    if (route.kind === 'legacy')
      throw new NotFoundException(`Cannot ${request.method} ${request.originalUrl}`);
    if (route.kind !== 'channel' || route.file === undefined) response.vary('Accept');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      throw new MethodNotAllowedException();
    }
    if (route.kind === 'bad-channel-id') throw new BadRequestException('Not a channel id');
    if (representation === undefined)
      throw new NotAcceptableException(`Expected Accept to allow one of ${REPRESENTATIONS.join(', ')}`);
    const isPermitted = streamRequest.access?.granted !== false;
    if (isPermitted && representation === 'text/event-stream' && this.streams.isOver(streamRequest))
      return void response.status(204).end();
    const decision = this.admission.admit(streamRequest);
    if (!decision.admitted) this.refuse(decision, streamRequest, response);
    else if (representation === 'application/json') this.sendSummary(route, request, response);
    else if (representation === 'application/x-ndjson') this.sendRange(route, streamRequest, response);
    else if (representation === 'image/svg+xml') this.sendBadge(route, streamRequest, request, response);
    else if (representation === 'text/html') this.sendPage(request, response);
    // `EventStreams` has opened a GET as a stream, so this request is a HEAD.
    else response.writeHead(200, SSE_HEADERS).end();
  }

  // An EventSource never reconnects after an error status, but it reconnects after an empty stream.
  private refuse(refusal: Refusal, { namesEventStream }: StreamRequest, response: Response): void {
    const { reason, status, text, retry } = refusal;
    if (status === 401) response.setHeader('WWW-Authenticate', CHALLENGE);
    if (!retry)
      throw new HttpException(HttpException.createBody(text, STATUS_CODES[status]!, status), status);
    const delay = retryDelay(retry);
    response.setHeader('Retry-After', Math.ceil(delay / 1000));
    if (!namesEventStream)
      throw status === 429 ? new HttpException(text, status) : new ServiceUnavailableException();
    response.writeHead(200, SSE_HEADERS).end(`retry: ${delay}\n: ${reason}\n\n`);
  }

  private sendSummary({ id }: ChannelRoute, request: Request, response: Response): void {
    const summary = this.channels.summary(id);
    if (!summary) throw new NotFoundException('Unknown channel');
    permitNotModified(request);
    // The key is absent on a process that has all messages, so that its answers are those of a monitor without a relay.
    const staleness = this.relay.status.isStale ? { stale: true } : {};
    response.set('Cache-Control', 'no-cache').json({ ...summary, ...staleness });
  }

  private sendRange({ id }: ChannelRoute, { access }: StreamRequest, response: Response): void {
    // For the errors below. An answer replaces it.
    response.set('Cache-Control', 'no-store');
    const query = readRangeQuery(response.req.originalUrl);
    const channel = this.channels.find(id);
    if (!channel) throw new NotFoundException('Unknown channel');
    permitNotModified(response.req);
    // Only a monitor with tokens checks access. Caches don't.
    this.ranges.send({ channel, query, isShared: access === undefined }, response);
  }

  // Proxies of images show nothing for an error status, so the badge of an unknown channel has the status 200. For the
  // limits of the address it counts as a 404.
  private sendBadge(
    { id }: ChannelRoute,
    { lease, clientAddress }: StreamRequest,
    request: Request,
    response: Response,
  ): void {
    const summary = this.channels.summary(id);
    if (!summary) lease?.limits.countNotFound(clientAddress);
    permitNotModified(request);
    response.set(BADGE_HEADERS).send(badgeSvg(badgeOf(summary, badgeOptions(request.originalUrl))));
  }

  private sendPage(request: Request, response: Response): void {
    sendStatic(request, response, this.page.html(this.root.origins, isEmbedded(request.originalUrl)));
  }
}

// Express computes the ETag of the body and answers 304 to a client with this ETag. A script's fetch() sends `no-cache` with
// If-None-Match, but it expects the 304 too.
function permitNotModified(request: Request): void {
  delete request.headers['cache-control'];
}

/** Whether the page is a part of another page: `?embed`. */
function isEmbedded(url: string): boolean {
  return new URLSearchParams(url.split('?', 2)[1]).has('embed');
}
