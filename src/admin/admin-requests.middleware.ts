import { Injectable, MethodNotAllowedException, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { streamRequestOf } from '../http/stream-request.js';
import { AdminRoutes } from './admin-routes.js';

/** Runs before every route of the admin listener: forbids caches, and refuses a method that no route of the path has. */
@Injectable()
export class AdminRequestsMiddleware implements NestMiddleware {
  constructor(private readonly routes: AdminRoutes) {}

  use(request: Request, response: Response, next: NextFunction): void {
    if (streamRequestOf(request).listener !== 'admin') return next();
    response.set('Cache-Control', 'no-store');
    const methods = this.routes.methodsOf(pathOf(request));
    if (methods.length === 0 || methods.includes('ALL')) return next();
    if (methods.includes('GET')) methods.push('HEAD');
    if (methods.includes(request.method)) return next();
    const allowed = [...methods, 'OPTIONS'].toSorted().join(', ');
    response.set('Allow', allowed);
    if (request.method !== 'OPTIONS')
      throw new MethodNotAllowedException(`Expected one of ${allowed}, got ${request.method}`);
    response.status(204).end();
  }
}

// In a middleware, `path` is relative to where Nest has mounted it.
function pathOf({ originalUrl }: Request): string {
  return originalUrl.split('?', 1)[0]!;
}
