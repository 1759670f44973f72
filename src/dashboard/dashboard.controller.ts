import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import accepts from 'accepts';
import type { Request, Response } from 'express';
import { OnListener } from '../http/on-listener.js';
import { sendStatic } from '../page/send-static.js';
import { DashboardPage } from './dashboard-page.js';

const HELLO = `This is the admin listener of recodex-monitor. Browsers get the dashboard here. Programs use /channels, /status, /events, /history, /metrics and /health/ready; /api describes them.
`;

/** The dashboard at `/` of the admin listener, and its assets. Clients that want no HTML get a line of text. */
@OnListener('admin')
@Controller()
export class DashboardController {
  constructor(private readonly page: DashboardPage) {}

  @Get()
  index(@Req() request: Request, @Res() response: Response): void {
    response.vary('Accept');
    if (accepts(request).type(['text/plain', 'text/html']) === 'text/html')
      sendStatic(request, response, this.page.html);
    else response.type('text/plain').set('Cache-Control', 'no-store').send(HELLO);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: Request, @Res() response: Response): void {
    const asset = this.page.asset(name);
    if (!asset) throw new NotFoundException(`Cannot GET ${request.originalUrl}`);
    sendStatic(request, response, asset);
  }
}
