import { HttpException, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { AddressLimits } from '../http/addresses/address-limits.js';
import { streamRequestOf } from '../http/stream-request.js';
import { Admission } from './admission.js';
import { retryDelay } from './refusals.js';

/** Runs before every route of the public listener: applies the limits per address to requests that are not streams. */
@Injectable()
export class PlainRequestsMiddleware implements NestMiddleware {
  constructor(
    private readonly admission: Admission,
    private readonly limits: AddressLimits,
  ) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const streamRequest = streamRequestOf(request);
    const { lease, representation, clientAddress } = streamRequest;
    // `EventStreams` and `ChannelController` handle streams.
    if (!lease || representation === 'text/event-stream') return next();
    const decision = this.admission.admit(streamRequest);
    if (!decision.admitted && decision.reason === 'address') {
      response.set('Retry-After', String(Math.ceil(retryDelay(decision.retry) / 1000)));
      response.set('Connection', 'close');
      throw new HttpException(decision.text, decision.status);
    }
    response.once('finish', () => {
      if (response.statusCode === 404) this.limits.countNotFound(clientAddress);
    });
    next();
  }
}
