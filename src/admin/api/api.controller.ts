import { Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { OnListener } from '../../http/on-listener.js';
import { AdminRoutes } from '../admin-routes.js';
import { Program } from '../program.js';
import { API_PAGE, API_PAGE_POLICY, SwaggerUi } from './swagger-ui.js';

/** The documentation of the admin listener: an OpenAPI document, and a page that shows it. */
@OnListener('admin')
@Controller()
export class ApiController {
  private readonly ui = new SwaggerUi();
  private document: object | undefined;

  constructor(
    private readonly routes: AdminRoutes,
    private readonly program: Program,
  ) {}

  @Get('api-json')
  async describe(): Promise<object> {
    // Loaded now, because the schemas take time at the start and memory.
    const { apiDocument } = await import('./api-document.js');
    this.document ??= apiDocument(this.routes.list, this.program.version);
    return this.document;
  }

  @Get('api')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', API_PAGE_POLICY)
  page(): string {
    return API_PAGE;
  }

  @Get('api/:file')
  async file(@Param('file') name: string, @Res() response: Response): Promise<void> {
    const file = await this.ui.file(name);
    if (!file) throw new NotFoundException(`Expected a file of the page /api, got ${JSON.stringify(name)}`);
    // The browser asks whether the file has changed, with its ETag.
    response.set({ 'Content-Type': file.type, 'Cache-Control': 'no-cache' }).send(file.body);
  }
}
