import type { IncomingMessage } from 'node:http';
import {
  Injectable,
  NotFoundException,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { streamRequestOf, type Listener } from './stream-request.js';

const LISTENERS = 'listeners';

/**
 * Declares on which HTTP servers a controller or a route answers. A route without this decorator answers 404 on both.
 */
export function OnListener(...listeners: [Listener, ...Listener[]]): ClassDecorator & MethodDecorator {
  return SetMetadata(LISTENERS, listeners);
}

/** Answers 404, as for an unknown route, if the route is not declared for the listener of the request. */
@Injectable()
export class ListenerGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    // WebSockets are upgraded on the public server only.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<IncomingMessage & { originalUrl: string }>();
    const listeners = this.reflector.getAllAndOverride<Listener[] | undefined>(LISTENERS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (listeners?.includes(streamRequestOf(request).listener)) return true;
    throw new NotFoundException(`Cannot ${request.method} ${request.originalUrl}`);
  }
}
