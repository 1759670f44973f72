import { pipeline } from 'node:stream/promises';
import { GoneException, Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { Channel } from '../../channels/channel.js';
import { TurnQueue } from '../../http/turn-queue.js';
import { ThrottledWarning } from '../../logging/throttled-warning.js';
import { errorStack } from '../../text/error-text.js';
import { MessageRange } from './message-range.js';
import type { RangeQuery } from './range-query.js';

/**
 * Seconds that a cache keeps a final range. The messages never change, but the monitor forgets them after `retention.finished`,
 * and an operator may delete them.
 */
const FINAL_MAX_AGE = 24 * 60 * 60;

/**
 * Seconds that nginx keeps any other range. A client loses nothing: its stream starts after the last message of the range.
 * Without this header, `proxy_cache_lock` would answer the waiting clients one after the other.
 */
const OTHER_MAX_AGE = 1;

/** Slices of all ranges together that are encoded in one turn of the event loop. */
const SLICES_PER_TURN = 4;

/** A request for a range of a channel. */
interface RangeRequest {
  readonly channel: Channel;
  readonly query: RangeQuery;
  /** Caches may give the answer to other clients. */
  readonly isShared: boolean;
}

/** Answers requests for ranges of messages as NDJSON, with the headers for caches. */
@Injectable()
export class RangeAnswers {
  private readonly failures = new ThrottledWarning(
    new Logger(RangeAnswers.name),
    'An unexpected error in a range of messages: its connection is closed',
    'error',
  );
  private readonly turns = new TurnQueue(SLICES_PER_TURN);

  /** Sends a range of a channel. Throws a 410 when the channel no longer has it. */
  send({ channel, query, isShared }: RangeRequest, response: Response): void {
    const { limit, from = channel.startSeq } = query;
    checkAvailable(channel, from, query.epoch);
    const range = new MessageRange(channel, from, limit);
    // Without an epoch or a first message, the same URL has other messages later.
    const isExact = query.epoch !== undefined && query.from !== undefined;
    setCacheHeaders(response, isExact && range.isFinal, isShared);
    response.set({ 'Content-Type': 'application/x-ndjson', ETag: range.etag });
    if (!isExact) response.set('Content-Location', urlOf(channel.epoch, from, limit));
    if (range.hasNext) response.set('Link', `<${urlOf(channel.epoch, range.to + 1, limit)}>; rel="next"`);
    if (response.req.fresh) response.status(304).end();
    else if (response.req.method === 'HEAD') response.end();
    else void this.write(range, response);
  }

  private async write(range: MessageRange, response: Response): Promise<void> {
    try {
      await pipeline(this.slicesInTurns(range), response);
    } catch (error) {
      // `pipeline` has closed the connection, so no cache takes the answer for a whole one. Errors with a code come from the
      // connection: the client has left, or did not take the answer in time.
      if ((error as NodeJS.ErrnoException).code === undefined)
        this.failures.warn({ reason: errorStack(error) });
    }
  }

  private async *slicesInTurns(range: MessageRange): AsyncGenerator<Buffer> {
    const slices = range.slices();
    for (;;) {
      await new Promise<void>((resolve) => this.turns.run(resolve));
      const { done, value } = slices.next();
      if (done) return;
      yield value;
    }
  }
}

function checkAvailable(channel: Channel, from: number, epoch: string | undefined): void {
  if (epoch !== undefined && epoch !== channel.epoch)
    throw new GoneException(
      `epoch: expected ${channel.epoch}, got ${epoch}: the channel has started a new log; request the messages without epoch`,
    );
  if (from < channel.startSeq)
    throw new GoneException(
      `from: expected at least ${channel.startSeq}, got ${from}: the older messages of this log are no longer kept`,
    );
}

function setCacheHeaders(response: Response, isImmutable: boolean, isShared: boolean): void {
  const scope = isShared ? 'public' : 'private';
  // nginx before 1.23 ignores X-Accel-Expires after Cache-Control.
  response.removeHeader('Cache-Control');
  if (isShared && !isImmutable) response.set('X-Accel-Expires', String(OTHER_MAX_AGE));
  response.set(
    'Cache-Control',
    isImmutable ? `${scope}, max-age=${FINAL_MAX_AGE}, immutable` : `${scope}, no-cache`,
  );
  if (!isShared) response.vary('Authorization');
}

/** Relative to the URL of the request, so that it is right behind a proxy too. */
function urlOf(epoch: string, from: number, limit: number): string {
  return `?epoch=${epoch}&from=${from}&limit=${limit}`;
}
