import type { IncomingMessage } from 'node:http';
import { SetMetadata, VersioningType, type VersioningOptions } from '@nestjs/common';
import { VERSION_METADATA } from '@nestjs/common/constants.js';
import { streamRequestOf, type Listener } from './stream-request.js';

/**
 * Declares on which HTTP servers a controller or a route answers. A route without this decorator answers 404 on both.
 * Write it above `@Controller`, which overwrites what is declared below it.
 */
export function OnListener(...listeners: [Listener, ...Listener[]]): ClassDecorator & MethodDecorator {
  return SetMetadata(VERSION_METADATA, listeners);
}

/**
 * Makes Nest choose a route by the listener of the request, as if the listener were the version of an API. Two routes
 * with the same path can so answer on different listeners. The default version matches no request.
 */
export const LISTENER_VERSIONING: VersioningOptions = {
  type: VersioningType.CUSTOM,
  extractor: (request) => streamRequestOf(request as IncomingMessage).listener,
  defaultVersion: 'none',
};
