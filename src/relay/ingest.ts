import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ChannelsService } from '../channels/channels.service.js';
import { errorText } from '../text/error-text.js';
import { AppendQueue, type UnconfirmedEntry } from './append-queue.js';
import { Lease, type HolderState } from './lease.js';
import type { RedisLink } from './redis-link.js';
import { ANSWER_TIMEOUT, openLink, reconnectDelay, type RelayContext } from './relay-context.js';
import { StreamWriter, type EntryQueue } from './stream-writer.js';

/** The lease, and the connection over which it was acquired. */
export interface AcquiredLease {
  readonly link: RedisLink;
  readonly lease: Lease;
  readonly token: string;
}

/** Another process leads now. */
class FencedError extends Error {
  override readonly name = 'FencedError';
}

/**
 * Writes the channels of this process to the stream, from the takeover until another process takes over. While Redis is away,
 * entries wait in a queue, and are sent in order when Redis is back.
 */
export class Ingest implements EntryQueue {
  /** Redis answers. */
  isConnected = true;
  /** Times that Redis had lost entries, and all channels were written again. */
  rewrites = 0;
  private readonly logger = new Logger('Relay');
  private readonly queue = new AppendQueue();
  private readonly writer: StreamWriter;
  private token: string;
  /** The connection over which entries are sent. */
  private lease: Lease | undefined;
  private confirmed = 0;
  private stopped = false;
  private readonly stopping = new AbortController();
  private waiting: (() => void)[] = [];

  /** @param onLost another process leads: this one must end */
  constructor(
    private readonly context: RelayContext,
    private readonly channels: ChannelsService,
    private readonly onLost: () => void,
    { token }: AcquiredLease,
  ) {
    this.token = token;
    this.writer = new StreamWriter(channels, this);
  }

  get bytes(): number {
    return this.queue.bytes;
  }

  get hasRoom(): boolean {
    return this.queue.length === 0 || this.queue.bytes < this.context.settings.buffer;
  }

  /** Entries that Redis has not confirmed. */
  get unconfirmed(): number {
    return this.queue.length;
  }

  /** Messages that clients of other processes never get. */
  get lost(): number {
    return this.writer.lost;
  }

  /** The id of the last confirmed entry. */
  get position(): string {
    return `${this.token}-${this.confirmed}`;
  }

  /** Writes all channels, and from then on their changes. */
  start(acquired: AcquiredLease): void {
    this.writer.start(this.position);
    this.channels.observe(this.writer);
    void this.run(acquired);
  }

  push(records: Buffer, trimTo?: string): string {
    const batch = this.queue.push(records, trimTo);
    this.send();
    return `${this.token}-${batch}`;
  }

  /** Resolves when Redis has everything that was appended before this call, or when Redis is away. */
  async whenConfirmed(): Promise<void> {
    await this.until(() => this.channels.isFlushed() && this.writer.isWritten);
    const { token } = this;
    const { newest } = this.queue;
    await this.until(() => this.token !== token || this.confirmed >= newest);
  }

  written(): void {
    this.wake();
  }

  /**
   * Sends what is left, and gives the lease to the next process. Resolves with false when Redis did not confirm everything in
   * time.
   *
   * @param timeout milliseconds
   */
  async stop(timeout: number): Promise<boolean> {
    if (this.stopped) return true;
    this.writer.write();
    const isSent = this.until(() => this.queue.length === 0 && this.writer.isWritten);
    await Promise.race([isSent, wait(timeout, undefined, { ref: false })]);
    const { lease } = this;
    const isComplete = this.queue.length === 0 && this.writer.isWritten && lease !== undefined;
    this.end();
    if (isComplete) await Promise.race([lease.release(this.token).catch(() => {}), wait(timeout)]);
    this.stopping.abort();
    return isComplete;
  }

  private end(): void {
    this.stopped = true;
    this.channels.unobserve(this.writer);
    this.writer.stop();
    this.wake();
  }

  private async run(acquired: AcquiredLease): Promise<void> {
    let first: AcquiredLease | undefined = acquired;
    for (let failures = 0; !this.stopped; failures++) {
      let link: RedisLink | undefined;
      try {
        link = first?.link ?? (await openLink(this.context, ANSWER_TIMEOUT, this.stopping.signal));
        const lease = first?.lease ?? (await Lease.over(link, this.context));
        first = undefined;
        await this.session(link, lease, () => (failures = 0));
      } catch (error) {
        this.failed(error);
      }
      this.lease = undefined;
      link?.close();
      if (!this.stopped)
        await wait(reconnectDelay(failures), undefined, { signal: this.stopping.signal }).catch(() => {});
    }
  }

  private failed(error: unknown): void {
    if (this.stopped) return;
    if (error instanceof FencedError) {
      this.logger.error('Another process has taken over the lease: this process ends');
      this.end();
      this.onLost();
      return;
    }
    if (this.isConnected)
      this.logger.error({
        message:
          'Redis is away: entries wait in relay.buffer, and clients of other processes get no messages',
        reason: errorText(error),
      });
    this.isConnected = false;
    this.wake();
  }

  /** Sends entries over one connection, until it fails. */
  private async session(link: RedisLink, lease: Lease, onResumed: () => void): Promise<void> {
    await this.resume(lease);
    onResumed();
    if (!this.isConnected) this.logger.log({ message: 'Redis is back', waiting: this.queue.length });
    this.isConnected = true;
    const interruption = new AbortController();
    this.interrupt = (error) => interruption.abort(error);
    const ended = AbortSignal.any([interruption.signal, this.stopping.signal]);
    this.lease = lease;
    this.send();
    this.writer.write();
    await Promise.race([
      link.failed.then((error) => Promise.reject(error)),
      once(ended, 'abort').then(() => Promise.reject(ended.reason as Error)),
      this.renewAll(lease, ended),
    ]);
  }

  private interrupt: (error: Error) => void = () => {};

  private async resume(lease: Lease): Promise<void> {
    const { state, batch } = await lease.renew(this.token, this.writer.segment);
    if (state === 'FENCED') throw new FencedError();
    if (state === 'EMPTIED' || batch < this.confirmed) return this.writeAgain(lease);
    this.confirm(batch);
    this.queue.rewind();
    if (state === 'TRIMMED') this.writer.rotate();
  }

  /** Renews the lease until the session ends. An entry renews it, too. */
  private async renewAll(lease: Lease, signal: AbortSignal): Promise<never> {
    for (;;) {
      await wait((this.context.settings.lease * 1000) / 3, undefined, { signal });
      const { state } = await lease.renew(this.token, this.writer.segment);
      this.react(state);
      if (state === 'TRIMMED') this.writer.rotate();
    }
  }

  /** Redis has lost entries. The memory of this process is complete, so it writes all channels under a new token. */
  private async writeAgain(lease: Lease): Promise<void> {
    const answer = await lease.acquire(undefined);
    if (answer.kind !== 'acquired') throw new FencedError();
    this.rewrites++;
    this.logger.warn('Redis has lost entries: writing all channels again');
    this.token = answer.token;
    this.confirmed = 0;
    this.queue.clear();
    this.writer.start(this.position);
  }

  private send(): void {
    const { lease } = this;
    if (!lease) return;
    for (let entry = this.queue.next(); entry; entry = this.queue.next()) this.append(lease, entry);
  }

  private append(lease: Lease, entry: UnconfirmedEntry): void {
    lease.append(this.token, entry).then(
      (state) => {
        if (lease !== this.lease) return;
        this.react(state);
        if (state === 'OK') this.confirm(entry.batch);
      },
      (error: unknown) => lease === this.lease && this.interrupt(error as Error),
    );
  }

  private react(state: HolderState): void {
    if (state === 'FENCED') this.interrupt(new FencedError());
    // The next session finds out more.
    else if (state === 'EMPTIED') this.interrupt(new Error('Redis has lost entries'));
  }

  private confirm(batch: number): void {
    this.confirmed = Math.max(this.confirmed, batch);
    this.queue.confirm(batch);
    this.writer.write();
  }

  private async until(isTrue: () => boolean): Promise<void> {
    while (this.isConnected && !this.stopped && !isTrue()) await this.progress();
  }

  /** Resolves when entries were written or confirmed, or when the connection has failed. */
  private progress(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
