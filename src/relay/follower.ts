import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { errorText } from '../text/error-text.js';
import type { FollowingChannels } from './channel-follower.js';
import { compareEntryIds, parseEntryId, START } from './entry-id.js';
import { EntryReader, type StreamEntry } from './entry-reader.js';
import type { RedisLink } from './redis-link.js';
import { ANSWER_TIMEOUT, openLink, reconnectDelay, type RelayContext } from './relay-context.js';
import { entriesOf, streamEnd } from './stream-end.js';

/** Milliseconds that Redis waits for a new entry before it answers. */
const BLOCK = 1000;

/** Milliseconds between two looks at the end of the stream. */
const LOOK_INTERVAL = 1000;

/** Entries of one answer. An entry has up to 1 MiB, and more after a time without Redis. */
const MOST_ENTRIES = 256;

/** Bytes of an answer above which the next one has fewer entries, so that the memory for answers has a bound. */
const LARGE_ANSWER = 4 * 1024 * 1024;

/** Milliseconds of work, after which other work of this process gets its turn. */
const SLICE = 8;

/** What a follower tells. */
export interface FollowerEvents {
  /** `isCaughtUp` has become true. */
  caughtUp(): void;
  /** Redis does not answer. Called once until it answers again. */
  away(): void;
}

/** Reads the stream and applies its entries, until `stop`. */
export class Follower {
  /** Has all channels, with everything that the stream had at the last look. */
  isCaughtUp = false;
  isConnected = false;
  /** Some process writes to the stream. */
  isLed = false;
  private last = START;
  /** `last` is newer than the last call of `channels.caughtUp`. */
  private hasLooked = false;
  private caughtUpAt = performance.now();
  private readonly logger = new Logger('Relay');
  private readonly reader: EntryReader;
  /** The log says that Redis is away. */
  private isReported = false;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly context: RelayContext,
    private readonly channels: FollowingChannels,
    private readonly events: FollowerEvents,
  ) {
    this.reader = new EntryReader(channels);
  }

  /** The last entry that was applied. */
  get position(): string {
    return this.reader.position;
  }

  /** No entry follows `position`, as of the last look. Channels may be missing. */
  get isAtEnd(): boolean {
    return compareEntryIds(this.position, this.last) >= 0;
  }

  /** Times that entries were missing. */
  get gaps(): number {
    return this.reader.gaps;
  }

  /** Messages that were applied. */
  get messages(): number {
    return this.reader.messages;
  }

  /** Entries of the stream that are not applied yet, as of the last look; at least 1 when there are any. */
  get lagEntries(): number {
    if (compareEntryIds(this.last, this.position) <= 0) return 0;
    const [last, own] = [parseEntryId(this.last), parseEntryId(this.position)];
    return last.token === own.token ? last.batch - own.batch : last.batch + 1;
  }

  /** Seconds since this process had all entries; 0 when it has them. */
  get lagSeconds(): number {
    return this.isCaughtUp && this.isConnected ? 0 : (performance.now() - this.caughtUpAt) / 1000;
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      const links: RedisLink[] = [];
      const abort = (): void => links.forEach((link) => link.close());
      signal.addEventListener('abort', abort);
      try {
        for (const timeout of [BLOCK + ANSWER_TIMEOUT, ANSWER_TIMEOUT])
          links.push(await openLink(this.context, timeout, signal));
        if (!signal.aborted) await this.session(links[0]!, links[1]!, () => (failures = 0));
      } catch (error) {
        this.failed(error);
      }
      abort();
      signal.removeEventListener('abort', abort);
      if (!signal.aborted) await wait(reconnectDelay(failures), undefined, { signal }).catch(() => {});
    }
    this.isConnected = false;
  }

  private failed(error: unknown): void {
    this.isConnected = false;
    if (this.stopping.signal.aborted || this.isReported) return;
    this.isReported = true;
    this.logger.error({
      message: 'Redis is away: clients get no new messages until it is back',
      reason: errorText(error),
    });
    this.events.away();
  }

  private async session(reading: RedisLink, looking: RedisLink, onConnected: () => void): Promise<void> {
    await this.look(looking);
    onConnected();
    this.isConnected = true;
    if (this.isReported) this.logger.log('Redis is back');
    this.isReported = false;
    await Promise.race([
      reading.failed.then((error) => Promise.reject(error)),
      looking.failed.then((error) => Promise.reject(error)),
      this.readAll(reading),
      this.lookAll(looking),
    ]);
  }

  private async readAll(link: RedisLink): Promise<never> {
    const { stream } = this.context.keys;
    let count = 4;
    for (;;) {
      const from = this.position;
      const wanted = ['COUNT', String(count), 'BLOCK', String(BLOCK), 'STREAMS', stream, from];
      const entries = entriesOf(await link.command('XREAD', ...wanted));
      // A look may have found out that the stream is another one.
      if (from === this.position) await this.apply(entries);
      const bytes = entries.reduce((sum, { records }) => sum + (records?.length ?? 0), 0);
      count = bytes > LARGE_ANSWER ? Math.ceil(count / 4) : Math.min(2 * count, MOST_ENTRIES);
      this.checkCaughtUp();
    }
  }

  private async lookAll(link: RedisLink): Promise<never> {
    const { signal } = this.stopping;
    for (;;) {
      await wait(LOOK_INTERVAL, undefined, { signal });
      await this.look(link);
    }
  }

  // XREAD says nothing when the stream was emptied or replaced by an older copy: it waits for an entry after the position.
  private async look(link: RedisLink): Promise<void> {
    const before = this.position;
    const { last, isLed } = await streamEnd(link, this.context);
    this.isLed = isLed;
    this.last = last;
    this.hasLooked = true;
    if (compareEntryIds(last, before) < 0) {
      this.logger.warn({
        message: 'Redis has lost entries: reading all channels again',
        position: before,
        last,
      });
      this.reader.restart();
      this.isCaughtUp = false;
    }
    this.checkCaughtUp();
  }

  private checkCaughtUp(): void {
    const wasCaughtUp = this.isCaughtUp;
    this.isCaughtUp = this.reader.isWhole && this.isAtEnd;
    if (this.isCaughtUp) this.caughtUpAt = performance.now();
    if (this.isCaughtUp && !wasCaughtUp) this.events.caughtUp();
    if (!this.isCaughtUp || !this.hasLooked) return;
    this.hasLooked = false;
    this.channels.caughtUp();
  }

  private async apply(entries: readonly StreamEntry[]): Promise<void> {
    let sliceEnd = performance.now() + SLICE;
    const { reader } = this;
    const { readings } = reader;
    reader.receive(performance.now());
    for (const entry of entries) {
      if (readings !== reader.readings) return;
      reader.accept(entry);
      if (performance.now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = performance.now() + SLICE;
    }
  }
}
