import { RotatingFile, type RotatingFileOptions } from './rotating-file.js';

/** Events of a log file. Its methods never throw and never reject. */
export interface LogFileEvents {
  /** The first failure after the start, after a success or after `reopen`. Repeated failures are not reported. */
  failed(error: unknown): void;
  /** The first success after a failure. */
  recovered(): void;
  /** The file can't be renamed and keeps growing. */
  rotationFailed(error: unknown): void;
  /** Lines that were not written, each with its line end. */
  lost(lines: readonly string[]): void;
}

/** Characters that may wait for a slow disk. Above this limit, lines are lost. */
const MAX_PENDING = 16 * 1024 * 1024;
const RETRY_AFTER_MS = 60_000;

/** Milliseconds after which a write counts as stalled. Lines then no longer wait for the disk. */
const STALLED_AFTER_MS = 10_000;

/**
 * A log file that keeps working after disk errors. Winston's file transport is not used: it names old files differently
 * and does not report errors.
 */
export class LogFile {
  private readonly file: RotatingFile;
  private pending: string[] = [];
  private pendingSize = 0;
  private writing: Promise<void> | undefined;
  private stalled = false;
  private reopening = false;
  private failed = false;
  private retryAt = -Infinity;

  constructor(
    options: RotatingFileOptions,
    private readonly events: LogFileEvents,
  ) {
    this.file = new RotatingFile(options, (error) => events.rotationFailed(error));
    // Opens the file now, so that a wrong path is reported at the start and not with the first line.
    this.writing = this.drain();
  }

  /** Queues one line with its line end. Lines that arrive during a write are written together after it. */
  write(line: string): void {
    const isPaused = this.stalled || performance.now() < this.retryAt;
    if (isPaused || this.pendingSize + line.length > MAX_PENDING) {
      this.events.lost([line]);
      return;
    }
    this.pending.push(line);
    this.pendingSize += line.length;
    this.writing ??= this.drain();
  }

  /** Reopens the path after logrotate has moved the file. After a failure, retries at once instead of after a minute. */
  reopen(): void {
    this.reopening = true;
    this.retryAt = -Infinity;
    this.writing ??= this.drain();
  }

  /** Resolves when all queued lines are written or lost. Never resolves while the disk hangs. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private async drain(): Promise<void> {
    do {
      if (this.reopening) await this.file.close();
      const repeated = this.failed && !this.reopening;
      this.reopening = false;
      const lines = this.takePending();
      const stall = setTimeout(() => this.stall(), STALLED_AFTER_MS).unref();
      const { written, error } = await this.file.append(lines);
      clearTimeout(stall);
      this.stalled = false;
      if (error === undefined) this.succeed();
      else this.fail(error, lines.slice(written), repeated);
    } while (this.pending.length > 0 || this.reopening);
    this.writing = undefined;
  }

  private takePending(): readonly string[] {
    const lines = this.pending;
    this.pending = [];
    this.pendingSize = 0;
    return lines;
  }

  // The current write may still succeed. The lines after it don't wait for it.
  private stall(): void {
    this.stalled = true;
    this.fail(new Error(`no answer from the disk for ${STALLED_AFTER_MS / 1000} s`), this.takePending());
  }

  private succeed(): void {
    this.retryAt = -Infinity;
    if (!this.failed) return;
    this.failed = false;
    this.events.recovered();
  }

  private fail(error: unknown, lines: readonly string[], repeated = this.failed): void {
    this.failed = true;
    this.retryAt = performance.now() + RETRY_AFTER_MS;
    if (!repeated) this.events.failed(error);
    if (lines.length > 0) this.events.lost(lines);
  }
}
