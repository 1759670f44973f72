import type { IncomingMessage } from 'node:http';
import { Injectable, NotFoundException, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** Which of the two listeners a request came in by. */
export type Listener = 'public' | 'admin';

const listeners = new WeakMap<IncomingMessage, Listener>();

/** Notes the listener of a request before the application sees it. */
export function cameBy(listener: Listener, request: IncomingMessage): void {
  listeners.set(request, listener);
}

/** The listener that a request came in by. */
export function listenerOf(request: IncomingMessage): Listener | undefined {
  return listeners.get(request);
}

/** Lets only requests of the public listener through; on the other one the route does not exist. */
@Injectable()
export class PublicOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IncomingMessage & { path: string; method: string }>();
    if (listenerOf(request) === 'public') return true;
    throw new NotFoundException(`Cannot ${request.method} ${request.path}`);
  }
}
