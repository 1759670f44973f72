import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ChannelsService } from '../channels/channels.service.js';
import { journalConfig, retentionConfig } from '../config/namespaces.js';
import { errorText } from '../text/error-text.js';
import { ChannelRestorer } from './channel-restorer.js';
import { JournalLock, JournalLockedError } from './journal-lock.js';
import { JournalWriter } from './journal-writer.js';
import { readJournal, type ReadSegment } from './journal-reader.js';
import { makeFolder } from './make-folder.js';
import { NewerJournalError } from './segment-header.js';
import { bytesOf, nextIndexIn, segmentsIn, setAsidePath } from './segment-names.js';
import { WorkerStore } from './worker-store.js';

/** Milliseconds between two attempts to write a journal again after an error. */
const RETRY_INTERVAL = 5000;

/** Permissions of a new folder. */
const FOLDER_MODE = 0o750;

/**
 * `off`: no `journal.path`. `copying`: after the start, older messages are not copied to the new segment yet. `writing`: the
 * newest segment has every message. `degraded`: the journal can't be written, or is copied again after that.
 */
export type JournalState = 'off' | 'copying' | 'writing' | 'degraded';

/** Counters since the start. Only `src/journal` writes them. */
export interface JournalCounters {
  /** Times that the journal could not be written. */
  failures: number;
  /** Segments that were found damaged at the start. */
  damaged: number;
  restoredChannels: number;
  restoredMessages: number;
}

/** Keeps channels on disk, so that the next process continues them. A failing disk never stops the relay. */
@Injectable()
export class JournalService {
  state: JournalState = 'off';
  readonly counters: JournalCounters = { failures: 0, damaged: 0, restoredChannels: 0, restoredMessages: 0 };
  private readonly logger = new Logger('Journal');
  private lock: JournalLock | undefined;
  private store: WorkerStore | undefined;
  private writer: JournalWriter | undefined;
  /** Attempts to write again since the journal was last complete. */
  private retries = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(journalConfig.KEY) private readonly settings: ConfigType<typeof journalConfig>,
    @Inject(retentionConfig.KEY) private readonly retention: ConfigType<typeof retentionConfig>,
    private readonly channels: ChannelsService,
  ) {}

  /** Bytes of all segments; 0 without a journal. */
  get bytes(): number {
    return this.writer?.bytes ?? 0;
  }

  /** `journal.max_bytes`. */
  get maxBytes(): number {
    return this.settings.max_bytes;
  }

  /** Bytes that wait for the disk. */
  get waitingBytes(): number {
    return this.store?.waiting ?? 0;
  }

  /**
   * Restores the channels and starts to record. Rejects with an error for the operator when another monitor uses the
   * journal, or when a newer version has written it. Any other error only degrades the journal.
   */
  async start(): Promise<void> {
    const folder = this.settings.path;
    if (folder === null) return;
    const store = (this.store = new WorkerStore(folder, this.settings, (reason) => writer.fail(reason)));
    const writer = (this.writer = new JournalWriter(this.channels, store, {
      limits: this.settings,
      onComplete: () => this.completed(),
      onFailed: (reason) => this.degrade(reason),
    }));
    await this.tryLock(folder);
    if (this.stopped) return;
    const startedAt = performance.now();
    // The thread touches the lock while this thread reads.
    if (this.lock) store.startThread();
    const restorer = new ChannelRestorer(this.channels);
    const segments = this.read(folder, restorer);
    const index = await this.openFirst(folder, segments);
    // Before the new segment exists, the old one may say that its process ended gracefully: then this process, too, must
    // not give the next number of an epoch.
    const isGraceful =
      index !== undefined && restorer.isClosed && segments.every(({ isDamaged }) => !isDamaged);
    this.restore(restorer, isGraceful, startedAt);
    if (index !== undefined) {
      this.state = 'copying';
      writer.start(index, bytesOf(segments));
    }
    this.channels.observe(writer);
  }

  /** Writes everything and closes the journal. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retryTimer);
    if (this.writer) this.channels.unobserve(this.writer);
    try {
      if ((await this.writer?.close()) === false)
        this.logger.warn(
          'The stop had no time to write all channels to the journal: the next process continues them under new epochs',
        );
      await this.store?.close();
    } finally {
      // Last: until then, a second monitor could read an incomplete journal.
      this.lock?.release();
    }
  }

  /** Writes what is pending, because the process crashes. Blocks for half a second at most. */
  crash(): void {
    if (this.writer) this.channels.unobserve(this.writer);
    this.writer?.writePending();
    this.store?.blockUntilWritten();
  }

  private async tryLock(folder: string): Promise<void> {
    try {
      await this.acquireLock(folder);
    } catch (error) {
      if (error instanceof JournalLockedError) throw error;
      this.degrade(errorText(error));
    }
  }

  private async acquireLock(folder: string): Promise<void> {
    makeFolder(folder, FOLDER_MODE);
    if (!this.lock?.isHeld) this.lock = await JournalLock.acquire(folder);
  }

  private read(folder: string, restorer: ChannelRestorer): ReadSegment[] {
    try {
      const segments = readJournal(folder, () => restorer.segment());
      for (const segment of segments) this.reportDamage(segment);
      return segments;
    } catch (error) {
      if (error instanceof NewerJournalError)
        throw new Error(`journal.path: ${error.message}`, { cause: error });
      this.degrade(errorText(error));
      return [];
    }
  }

  private reportDamage(segment: ReadSegment): void {
    const { path, bytes, good, state, isDamaged, reason } = segment;
    if (state === 'torn')
      this.logger.log({
        message: 'The last write to the journal is incomplete',
        file: path,
        ignored: bytes - good,
      });
    if (!isDamaged) return;
    this.counters.damaged++;
    this.logger.error({
      message: 'A file of the journal is damaged: using the part before the damage, and keeping the file',
      file: path,
      used: good,
      ignored: bytes - good,
      reason,
      kept_as: setAsidePath(segment),
    });
  }

  private restore(restorer: ChannelRestorer, isGraceful: boolean, startedAt: number): void {
    const settings = { isGraceful, now: Date.now(), retention: this.retention };
    const { channels, messages } = restorer.finish(settings);
    this.counters.restoredChannels = channels;
    this.counters.restoredMessages = messages;
    if (channels === 0) return;
    this.logger.log({
      message: 'Restored channels from the journal',
      channels,
      messages,
      graceful: isGraceful,
      seconds: Math.round(performance.now() - startedAt) / 1000,
    });
  }

  /** Returns the index of the new segment; `undefined` when it can't be written. */
  private async openFirst(folder: string, segments: readonly ReadSegment[]): Promise<number | undefined> {
    if (this.state === 'degraded') return undefined;
    try {
      const index = nextIndexIn(folder);
      await this.store!.open(index, { damaged: damagedIn(segments) });
      return index;
    } catch (error) {
      this.degrade(errorText(error));
      return undefined;
    }
  }

  private completed(): void {
    if (this.state === 'degraded') this.logger.log('The journal is written again, and contains all channels');
    this.state = 'writing';
    this.retries = 0;
  }

  private degrade(reason: string): void {
    this.counters.failures++;
    if (this.state !== 'degraded')
      this.logger.error({
        message: 'The journal is not written: channels are in memory only until it can be written again',
        reason,
      });
    this.state = 'degraded';
    clearTimeout(this.retryTimer);
    if (this.stopped) return;
    this.retryTimer = setTimeout(() => void this.retry(), RETRY_INTERVAL).unref();
  }

  private async retry(): Promise<void> {
    const { store, writer, settings } = this;
    if (!store || !writer || settings.path === null) return;
    const needed = 1.2 * writer.liveBytes;
    if (needed > settings.max_bytes) return this.degrade('the live channels exceed journal.max_bytes');
    try {
      await this.acquireLock(settings.path);
      const earlierBytes = bytesOf(segmentsIn(settings.path));
      // The earlier segments lack the messages since the failure. They are given up when there is no room beside them.
      const removeEarlier = this.retries++ > 0 || earlierBytes + needed > settings.max_bytes;
      const index = nextIndexIn(settings.path);
      await store.open(index, { removeEarlier });
      if (!this.stopped) writer.start(index, removeEarlier ? 0 : earlierBytes);
    } catch (error) {
      this.degrade(errorText(error));
    }
  }
}

function damagedIn(segments: readonly ReadSegment[]): number[] {
  return segments.filter(({ isDamaged }) => isDamaged).map(({ index }) => index);
}
