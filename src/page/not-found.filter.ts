import {
  BadRequestException,
  Catch,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
  type HttpException,
} from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import accepts from 'accepts';
import type { Request, Response } from 'express';
import { streamRequestOf } from '../http/stream-request.js';
import { Page } from './page.js';
import { sendStatic } from './send-static.js';

/** Answers a browser at a wrong address with the start page. Other clients get Nest's JSON. */
@Catch(NotFoundException, BadRequestException)
export class NotFoundFilter extends BaseExceptionFilter implements ExceptionFilter {
  constructor(
    { httpAdapter }: HttpAdapterHost,
    private readonly page: Page,
  ) {
    super(httpAdapter);
  }

  override catch(exception: HttpException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const html = accepts(request).type(['application/json', 'text/html']) === 'text/html';
    // oxlint-disable-next-line promise/valid-params -- not the method of a Promise
    if (!html || streamRequestOf(request).listener !== 'public') return super.catch(exception, host);
    const status = exception.getStatus();
    sendStatic(request, response.vary('Accept').status(status), this.page.start(status));
  }
}
