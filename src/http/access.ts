import type { IncomingMessage } from 'node:http';
import type { StreamRequest } from './stream-request.js';

/** What the token of a request permits. */
export type Access = AccessGranted | AccessDenied;

export interface AccessGranted {
  readonly granted: true;
  /** When the permission ends, in milliseconds of `Date.now`. */
  readonly expiresAt: number;
}

export interface AccessDenied {
  readonly granted: false;
  /** 401: a token is missing or not valid. 403: the token permits other things. 503: too many tokens are being checked. */
  readonly status: 401 | 403 | 503;
  /** What is wrong with the token, for the person who made it. Contains nothing of the token. */
  readonly text: string;
}

/** Checks the tokens of requests. */
export interface Authenticator {
  /**
   * Resolves with what the token of a request permits. `undefined`: the request needs no token, and is answered in the
   * same turn.
   */
  check(streamRequest: StreamRequest, request: IncomingMessage): Promise<Access> | undefined;
}

/** The value of `WWW-Authenticate` in an answer with 401. */
export const CHALLENGE = 'Bearer';
