import { All, Controller, MethodNotAllowedException, NotFoundException, Req, Res } from '@nestjs/common';
import accepts from 'accepts';
import type { Request, Response } from 'express';
import { OnListener } from '../http/on-listener.js';
import { Page } from '../page/page.js';
import { sendStatic } from '../page/send-static.js';
import { Admission } from './admission.js';

const ALLOWED = 'GET, HEAD, OPTIONS';

const HELLO = `This is recodex-monitor. The progress of a job is at /channels/<id>: a WebSocket, Server-Sent Events, JSON or a page.
`;

/**
 * The path `/`. Browsers get the start page. Load balancers and `curl` get a line of text, with 503 while the monitor
 * refuses clients: a load balancer that does not use the health probes requests this path.
 */
@OnListener('public')
@Controller()
export class IndexController {
  constructor(
    private readonly page: Page,
    private readonly admission: Admission,
  ) {}

  @All()
  answer(@Req() request: Request, @Res() response: Response): void {
    const html = accepts(request).type(['text/plain', 'text/html']) === 'text/html';
    // Behind a prefix, only browsers get an answer: a probe of a wrong path must not succeed.
    if (!html && !/^\/+(\?|$)/.test(request.originalUrl))
      throw new NotFoundException(`Cannot ${request.method} ${request.originalUrl}`);
    response.vary('Accept');
    if (request.method === 'GET' || request.method === 'HEAD')
      return html ? sendStatic(request, response, this.page.start()) : this.sendText(response);
    response.set('Allow', ALLOWED);
    if (request.method !== 'OPTIONS') throw new MethodNotAllowedException();
    response.status(204).end();
  }

  private sendText(response: Response): void {
    if (this.admission.state !== 'open') response.status(503).set('Retry-After', '2');
    response.type('text/plain').set('Cache-Control', 'no-store').send(HELLO);
  }
}
