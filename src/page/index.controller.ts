import {
  All,
  Controller,
  MethodNotAllowedException,
  NotFoundException,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import accepts from 'accepts';
import type { Request, Response } from 'express';
import { PublicOnly } from '../http/listener.guard.js';
import { HttpServers } from '../http/http-servers.js';
import { Page } from './page.js';

const ALLOWED = 'GET, HEAD, OPTIONS';

const HELLO = `This is recodex-monitor. The progress of a job is at /channels/<id>: a WebSocket, Server-Sent Events, JSON or a page.
`;

/**
 * The monitor's own address. People get a page that asks for the id of a job. Load balancers and `curl` get a line of
 * text, with 503 while the monitor takes no clients: a balancer that is not told of the health probes asks here.
 */
@Controller()
@UseGuards(PublicOnly)
export class IndexController {
  constructor(
    private readonly page: Page,
    private readonly listeners: HttpServers,
  ) {}

  @All()
  answer(@Req() request: Request, @Res() response: Response): void {
    const html = accepts(request).type(['text/plain', 'text/html']) === 'text/html';
    // Behind a prefix only people are answered: a probe of a wrong path must not succeed.
    if (!html && !/^\/+(\?|$)/.test(request.originalUrl))
      throw new NotFoundException(`Cannot ${request.method} ${request.originalUrl}`);
    response.vary('Accept');
    if (request.method === 'GET' || request.method === 'HEAD')
      return html ? this.show(response) : this.greet(response);
    response.set('Allow', ALLOWED);
    if (request.method !== 'OPTIONS') throw new MethodNotAllowedException();
    response.status(204).end();
  }

  private show(response: Response): void {
    const { headers, body } = this.page.start();
    response.set(headers).send(body);
  }

  private greet(response: Response): void {
    if (!this.listeners.open) response.status(503).set('Retry-After', '2');
    response.type('text/plain').set('Cache-Control', 'no-store').send(HELLO);
  }
}
