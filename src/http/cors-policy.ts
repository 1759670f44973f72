import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import { originMatcher } from '../config/origin.js';

/** The permissions of scripts from the configured `origins`: to read, with a token and a position. */
const PERMISSIONS = {
  methods: ['GET', 'HEAD'],
  allowedHeaders: ['Accept', 'Authorization', 'If-None-Match', 'Last-Event-ID'],
  exposedHeaders: ['ETag', 'Link'],
  maxAge: 600,
};

type CorsHandler = ReturnType<typeof cors>;

/** Adds the CORS headers for the configured origins to answers, and answers preflights. */
export class CorsPolicy {
  private origins: readonly string[] = [];
  private handler: CorsHandler | undefined;

  /** @param settings read with each request, so that a reload of `origins` takes effect */
  constructor(private readonly settings: { readonly origins: readonly string[] }) {}

  /** Calls `next` unless the request is a preflight, which is answered here. */
  apply(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const handler = this.currentHandler();
    if (handler) handler(request, response, next);
    else next();
  }

  private currentHandler(): CorsHandler | undefined {
    const { origins } = this.settings;
    if (origins === this.origins) return this.handler;
    this.origins = origins;
    // `cors` answers a preflight even for an empty list.
    return (this.handler = origins.length > 0 ? corsFor(origins) : undefined);
  }
}

function corsFor(origins: readonly string[]): CorsHandler {
  return cors({ origin: origins.includes('*') ? '*' : origins.map(originMatcher), ...PERMISSIONS });
}
