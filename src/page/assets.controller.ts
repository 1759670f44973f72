import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { OnListener } from '../http/on-listener.js';
import { ClientScript } from './client-script.js';
import { Page } from './page.js';
import { sendStatic } from './send-static.js';

/** The fixed files that browsers load: the page's assets and the client library. */
@OnListener('public')
@Controller()
export class AssetsController {
  constructor(
    private readonly page: Page,
    private readonly client: ClientScript,
  ) {}

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: Request, @Res() response: Response): void {
    const asset = this.page.asset(name);
    if (!asset) throw new NotFoundException(`Cannot GET ${request.originalUrl}`);
    sendStatic(request, response, asset);
  }

  @Get('client.js')
  script(@Req() request: Request, @Res() response: Response): void {
    const script = this.client.file;
    if (!script) throw new NotFoundException(`Cannot GET ${request.originalUrl}`);
    sendStatic(request, response, script);
  }
}
