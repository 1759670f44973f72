import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { errorText } from '../text/error-text.js';
import { compareEntryIds, START } from './entry-id.js';
import type { AcquiredLease } from './ingest.js';
import { Lease, type LeaseAnswer } from './lease.js';
import type { RedisLink } from './redis-link.js';
import { ANSWER_TIMEOUT, openLink, reconnectDelay, type RelayContext } from './relay-context.js';

/** The longest time between two attempts to take the lease, in milliseconds. */
const LONGEST_INTERVAL = 500;

/** Milliseconds after Redis was away in which only the holder of the lease, which may have messages, comes back. */
const HOLDER_FIRST = 3000;

/** Milliseconds without a holder after which a process takes the lease although it lacks channels. */
const ABANDONED_AFTER = 10_000;

/** A lease that this process has just taken. */
export interface Takeover extends AcquiredLease {
  /** Clients of the former holder can't have seen messages that this process lacks. */
  readonly isSeamless: boolean;
}

/** What this process has read of the stream. */
export interface StreamReader {
  readonly position: string;
  readonly isCaughtUp: boolean;
  /** No entry follows `position`. Channels may be missing. */
  readonly isAtEnd: boolean;
  /** Some process has the lease. */
  readonly isLed: boolean;
}

/** Tries to take the lease again and again, until this process leads or stops. */
export class Candidate {
  /** The outcome of the last attempt. */
  state: 'starting' | 'standby' | 'away' = 'starting';
  /** The newest entry that this process has read. */
  private newest = START;
  /** When Redis was seen to lack entries that this process has read; ms of `performance.now`. */
  private lostAt: number | undefined;
  private readonly logger = new Logger('Relay');

  /** @param onState called when `state` has changed */
  constructor(
    private readonly context: RelayContext,
    private readonly reader: StreamReader,
    private readonly onState: () => void,
  ) {}

  /** Resolves when this process has the lease; with `undefined` when `signal` is aborted. */
  async run(signal: AbortSignal): Promise<Takeover | undefined> {
    for (let failures = 0; !signal.aborted; failures++) {
      let link: RedisLink | undefined;
      try {
        link = await openLink(this.context, ANSWER_TIMEOUT, signal);
        const lease = await Lease.over(link, this.context);
        failures = 0;
        const takeover = await this.campaign(link, lease, signal);
        if (takeover) return takeover;
      } catch (error) {
        if (!signal.aborted) this.failed(error);
      }
      link?.close();
      await wait(reconnectDelay(failures), undefined, { signal }).catch(() => {});
    }
    return undefined;
  }

  private failed(error: unknown): void {
    if (this.state !== 'away')
      this.logger.error({ message: 'Redis is away: waiting for it', reason: errorText(error) });
    this.change('away');
  }

  private async campaign(link: RedisLink, lease: Lease, signal: AbortSignal): Promise<Takeover | undefined> {
    if (this.state === 'away') await wait(HOLDER_FIRST, undefined, { signal });
    let ledAt = performance.now();
    while (!signal.aborted) {
      const { position, isCaughtUp, isAtEnd, isLed } = this.reader;
      if (isLed) ledAt = performance.now();
      const isAbandoned = isAtEnd && performance.now() - ledAt > ABANDONED_AFTER;
      if (isCaughtUp || isAbandoned) {
        const answer = await this.attempt(lease, isCaughtUp ? position : undefined);
        if (answer.kind === 'acquired') {
          const { token, isSeamless } = answer;
          if (!isCaughtUp) this.logger.error('No process has all channels: taking over without some of them');
          if (!signal.aborted) return { link, lease, token, isSeamless };
          await lease.release(token);
        }
        if (answer.kind === 'held') this.change('standby');
      }
      await wait(this.interval, undefined, { signal });
    }
    return undefined;
  }

  private async attempt(lease: Lease, position: string | undefined): Promise<LeaseAnswer> {
    if (position === undefined) return lease.acquire(undefined);
    const hasLost = compareEntryIds(position, this.newest) < 0;
    if (hasLost && this.awaitsWriter()) return { kind: 'behind', last: position };
    const answer = await lease.acquire(position);
    // The stream is older than what this process has read: its memory is the best copy of the channels.
    if (answer.kind === 'behind' && compareEntryIds(answer.last, position) < 0)
      return this.awaitsWriter() ? answer : lease.acquire(undefined);
    this.newest = position;
    this.lostAt = undefined;
    return answer;
  }

  // The process that leads has messages that nobody else has. When it lives, it writes everything again.
  private awaitsWriter(): boolean {
    this.lostAt ??= performance.now();
    return performance.now() - this.lostAt < (this.context.settings.lease * 1000) / 2;
  }

  private change(state: 'standby' | 'away'): void {
    if (this.state === state) return;
    if (state === 'standby') this.logger.log('Another process takes the messages: waiting for its lease');
    this.state = state;
    this.onState();
  }

  private get interval(): number {
    return this.state === 'starting'
      ? 20
      : Math.min(LONGEST_INTERVAL, (this.context.settings.lease * 1000) / 4);
  }
}
