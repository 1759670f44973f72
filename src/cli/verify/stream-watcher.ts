import { setTimeout as sleep } from 'node:timers/promises';
import { StreamCheck } from './stream-check.js';
import { milliseconds } from './wall-clock.js';
import type { WatchConnection } from './watch-connection.js';
import type { WatchedItem } from './watched-item.js';

/** Milliseconds before the first reconnect. The delay doubles up to the longest one. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 2000;
/** Seconds without a byte after which a lost connection counts as idle. */
const IDLE_S = 1;

/** Receives each item of a watcher, with its time in milliseconds since 1970. */
export type ItemRecorder = (watcher: string, item: WatchedItem, receivedAt: number) => void;

/** What a watcher follows, and how. */
export interface WatcherOptions {
  /** A name that is unique in its channel. */
  readonly name: string;
  readonly group: string;
  readonly check: StreamCheck;
  readonly connect: WatchConnection;
  readonly record: ItemRecorder;
  /** Connects again even if the stream has never opened. Default: gives up, because the way is blocked. */
  readonly insists?: boolean;
}

/** Follows one stream until it ends. Connects again after a loss, and resumes. */
export class StreamWatcher {
  /** Why the stream never opened. */
  refused: string | undefined = 'it did not open in time';
  /** When the last bytes arrived, in milliseconds since 1970. */
  activeAt = milliseconds();
  /** Resolves when the stream is open, or when its first connection has failed. */
  readonly tried: Promise<void>;
  private markTried!: () => void;
  private position: string | undefined;

  constructor(private readonly options: WatcherOptions) {
    this.tried = new Promise((resolve) => (this.markTried = resolve));
  }

  get group(): string {
    return this.options.group;
  }

  get check(): StreamCheck {
    return this.options.check;
  }

  /** Resolves when the stream has ended for good, was refused, or when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let delay = FIRST_DELAY_MS;
    while (!signal.aborted) {
      const { messages } = this.check;
      const { isFinal, reason } = await this.options.connect(this.position, this, signal);
      this.markTried();
      if (signal.aborted) return;
      if (this.refused !== undefined && !this.options.insists) {
        this.refused = reason;
        return;
      }
      // After FINISHED only the end of the stream is missing. The monitor may have removed the channel.
      if (isFinal || this.check.hasFinished) return this.onItem({ end: reason });
      if (this.refused === undefined) this.onItem({ lost: this.withSilence(reason) });
      delay = this.check.messages > messages ? FIRST_DELAY_MS : Math.min(2 * delay, LONGEST_DELAY_MS);
      await sleep(delay, undefined, { signal }).catch(() => undefined);
    }
  }

  onOpen(): void {
    this.refused = undefined;
    this.onActivity();
    this.markTried();
  }

  onActivity(): void {
    this.activeAt = milliseconds();
  }

  onItem(item: WatchedItem): void {
    const receivedAt = milliseconds();
    if (item.id !== undefined) this.position = item.id;
    if (item.reset !== undefined) this.position = undefined;
    this.check.add(item, receivedAt);
    this.options.record(this.options.name, item, receivedAt);
  }

  private withSilence(reason: string): string {
    const seconds = Math.round((milliseconds() - this.activeAt) / 1000);
    return seconds >= IDLE_S ? `${reason} after ${seconds} s of silence` : reason;
  }
}
