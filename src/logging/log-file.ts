import { RotatingFile, type RotatingFileOptions } from './rotating-file.js';

/** What a log file tells the one who opened it; it never throws and never rejects. */
export interface LogFileEvents {
  /** The first failure after the start, after a success or after `reopen`; those that follow are silent. */
  failed(error: unknown): void;
  /** The first success after a failure. */
  recovered(): void;
  /** The file can't be renamed, and goes on growing. */
  rotationFailed(error: unknown): void;
  /** Lines that did not get into the file, each with its end of line. */
  lost(lines: readonly string[]): void;
}

/** What may wait for a disk that hangs, in characters; lines above it are lost. */
const MAX_PENDING = 16 * 1024 * 1024;
const RETRY_AFTER_MS = 60_000;

/** Milliseconds that a disk may take; then lines no longer wait for it. */
const STALLED_AFTER_MS = 10_000;

/**
 * A log file that survives whatever happens to its disk. Winston's own names old files differently and keeps quiet
 * about errors.
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
    // Opens it now, so that a wrong path is told at the start and not with the first line, days later.
    this.writing = this.drain();
  }

  /** Takes one line with its end of line; it is written together with all that come while the disk is busy. */
  write(line: string): void {
    const isResting = this.stalled || performance.now() < this.retryAt;
    if (isResting || this.pendingSize + line.length > MAX_PENDING) {
      this.events.lost([line]);
      return;
    }
    this.pending.push(line);
    this.pendingSize += line.length;
    this.writing ??= this.drain();
  }

  /** Opens the path again, after logrotate has moved the file away, or at once instead of in a minute after a failure. */
  reopen(): void {
    this.reopening = true;
    this.retryAt = -Infinity;
    this.writing ??= this.drain();
  }

  /** Resolves once all lines taken so far are written or lost; never when the disk hangs. */
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

  // What is being written may still arrive; the lines behind it don't wait.
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
