import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { PublishRefused } from './publish-refused.js';

/** Bytes of all bodies that are being read. A single body may be as large as `limits.publish_bytes` permits. */
export const PENDING_BYTES = 32 * 1024 * 1024;

/** Reads the bodies of requests, with a limit for each body and a limit for all bodies together. */
@Injectable()
export class BodyReader {
  /** Bytes of all bodies that are being read. */
  private pending = 0;

  /**
   * Resolves with the body of a request. Rejects with `PublishRefused` as soon as the body exceeds `limit` bytes. The
   * HTTP server discards the rest, and ends the connection of a client that takes too long.
   */
  read(request: IncomingMessage, limit: number): Promise<Buffer> {
    if (request.destroyed) return Promise.reject(incomplete());
    if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit));
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const settle = (): void => {
        this.pending -= bytes;
        request.off('data', onData).off('end', onEnd).off('close', onClose);
      };
      const refuse = (refusal: PublishRefused): void => {
        settle();
        request.resume();
        reject(refusal);
      };
      const onData = (chunk: Buffer): void => {
        bytes += chunk.length;
        this.pending += chunk.length;
        if (bytes > limit) refuse(tooLarge(limit));
        else if (this.pending > PENDING_BYTES && this.pending > bytes) refuse(busy());
        else chunks.push(chunk);
      };
      const onEnd = (): void => {
        settle();
        resolve(Buffer.concat(chunks, bytes));
      };
      const onClose = (): void => refuse(incomplete());
      request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore);
    });
  }
}

function tooLarge(limit: number): PublishRefused {
  return new PublishRefused(
    'too_large',
    `Expected a body of at most ${limit} bytes (limits.publish_bytes): send the messages in several requests`,
  );
}

function busy(): PublishRefused {
  const text = 'Other requests hold all memory for bodies: try again';
  return new PublishRefused('busy', text, { 'Retry-After': '1' });
}

function incomplete(): PublishRefused {
  return new PublishRefused('incomplete', 'The connection ended before the end of the body');
}

// The event `close` follows each error.
function ignore(): void {}
