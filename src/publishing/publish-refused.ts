import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';

/** The HTTP status of each reason to refuse a request. */
const STATUSES = {
  /** A header or a message is invalid. */
  invalid: 400,
  /** The connection ended before the end of the body. */
  incomplete: 400,
  /** The producer has started a higher epoch. */
  stale_epoch: 403,
  /** Requests of the producer are missing. */
  gap: 409,
  /** The body exceeds a limit. */
  too_large: 413,
  /** The body has another media type or is compressed. */
  unsupported: 415,
  /** Other requests hold all memory for bodies. */
  busy: 503,
  /** The monitor starts or shuts down. */
  closing: 503,
} as const;

/** The reason to refuse a request. The counters and the log use these names. */
export type PublishRefusalReason = keyof typeof STATUSES;

export const PUBLISH_REFUSAL_REASONS = Object.keys(STATUSES) as readonly PublishRefusalReason[];

/** A request to publish that is refused: nothing was appended. Nest renders it as JSON. */
export class PublishRefused extends HttpException {
  /**
   * @param text what was expected, what came, and what to do
   * @param headers of the answer, for a program
   */
  constructor(
    readonly reason: PublishRefusalReason,
    text: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const status = STATUSES[reason];
    super(HttpException.createBody(text, STATUS_CODES[status]!, status), status);
  }
}
