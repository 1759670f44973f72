import type { IncomingMessage, ServerResponse } from 'node:http';
import { CHALLENGE, type AccessDenied, type Authenticator } from './access.js';
import { answerError } from './error-answer.js';
import { Exchange } from './exchange.js';
import type { StreamRequest } from './stream-request.js';

/** Seconds after which a client tries again when too many tokens are being checked. */
const RETRY_AFTER = '2';

/** Answers a checked request. Returns true if the answer is a stream. */
type Answer = (checked: StreamRequest) => boolean;

/**
 * Checks the token of each request before the request is answered. Without an authenticator, a request is answered in the
 * turn in which it arrived, and costs no promise.
 */
export class AccessCheck {
  /** `undefined`: no tokens are configured. */
  authenticator: Authenticator | undefined;

  /** @param onFailure gets an unexpected error; the request is not answered */
  constructor(private readonly onFailure: (error: unknown, request: IncomingMessage) => void) {}

  /**
   * Calls `answer` with the request and with what its token permits. Never calls `answer` after the client has left.
   * Returns true if the answer is a stream that begins in this turn.
   */
  run(streamRequest: StreamRequest, request: IncomingMessage, answer: Answer): boolean {
    try {
      const access = this.authenticator?.check(streamRequest, request);
      if (!access) return answer(streamRequest);
      const { socket } = request;
      // The socket of an upgrade has no other error listener.
      socket.on('error', ignore);
      void access
        .then((known) => {
          socket.off('error', ignore);
          if (socket.destroyed) return;
          const exchange = Exchange.on(socket);
          if (answer({ ...streamRequest, access: known }) && exchange) exchange.isStream = true;
        })
        .catch((error: unknown) => this.onFailure(error, request));
    } catch (error) {
      this.onFailure(error, request);
    }
    return false;
  }
}

/** Answers a request of the admin listener that its token does not permit. */
export function answerDenied({ status, text }: AccessDenied, response: ServerResponse): void {
  if (status === 401) response.setHeader('WWW-Authenticate', CHALLENGE);
  if (status === 503) response.setHeader('Retry-After', RETRY_AFTER);
  answerError(response, status, text);
}

function ignore(): void {}
