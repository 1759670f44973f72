import { appendFile, rename, stat } from 'node:fs/promises';

/** What a log file tells the one who opened it; it never throws and never rejects. */
export interface LogFileEvents {
  /** The first failure after the start or after a success; those that follow are silent. */
  failed(error: unknown): void;
  /** The first success after a failure. */
  recovered(): void;
  /** Lines that did not get into the file, each with its end of line. */
  lost(lines: readonly string[]): void;
}

export interface LogFileOptions {
  path: string;
  /** In bytes; the file is rotated before it grows beyond it. 0: never. */
  maxSize: number;
  /** Old files kept: `path.1` is the newest. 0: the file is never rotated, as with Python's RotatingFileHandler. */
  rotations: number;
}

/** What may wait for a disk that hangs, in characters; lines above it are lost. */
const MAX_PENDING = 16 * 1024 * 1024;
const RETRY_AFTER_MS = 60_000;

/**
 * A log file with the names of Python's RotatingFileHandler. Winston's own names old files differently and keeps quiet
 * about errors. The file is opened anew for each batch of lines: so a directory that is gone is noticed, a file that
 * logrotate has moved away is followed, and no handle is left to close.
 */
export class LogFile {
  private pending: string[] = [];
  private pendingSize = 0;
  private writing: Promise<void> | undefined;
  private failedAt: number | undefined;

  constructor(
    private readonly options: LogFileOptions,
    private readonly events: LogFileEvents,
  ) {
    // Opens it now, so that a wrong path is told at the start and not with the first line, days later.
    this.writing = this.drain();
  }

  /** Takes one line with its end of line; it is written together with all that come while the disk is busy. */
  write(line: string): void {
    const resting = this.failedAt !== undefined && Date.now() - this.failedAt < RETRY_AFTER_MS;
    if (resting || this.pendingSize + line.length > MAX_PENDING) {
      this.events.lost([line]);
      return;
    }
    this.pending.push(line);
    this.pendingSize += line.length;
    this.writing ??= this.drain();
  }

  /** Resolves once all lines taken so far are written or lost. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private async drain(): Promise<void> {
    do {
      const lines = this.pending;
      this.pending = [];
      this.pendingSize = 0;
      try {
        await this.append(lines);
        this.succeed();
      } catch (error) {
        this.fail(error, lines);
      }
    } while (this.pending.length > 0);
    this.writing = undefined;
  }

  private succeed(): void {
    if (this.failedAt === undefined) return;
    this.failedAt = undefined;
    this.events.recovered();
  }

  private fail(error: unknown, lines: readonly string[]): void {
    const first = this.failedAt === undefined;
    this.failedAt = Date.now();
    if (first) this.events.failed(error);
    this.events.lost(lines);
  }

  private async append(lines: readonly string[]): Promise<void> {
    const { path, maxSize, rotations } = this.options;
    const { size: sizeNow, isFile } = await describeFile(path);
    // A device such as /dev/stdout can be written to, but not renamed.
    const limit = isFile && rotations > 0 && maxSize > 0 ? maxSize : Infinity;
    let size = sizeNow;
    let chunk = '';
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > limit) {
        await appendFile(path, chunk);
        await rotate(path, rotations);
        chunk = '';
        size = 0;
      }
      chunk += line;
      size += bytes;
    }
    await appendFile(path, chunk);
  }
}

async function describeFile(path: string): Promise<{ size: number; isFile: boolean }> {
  const found = await stat(path).catch(ignoreMissing);
  return { size: found?.size ?? 0, isFile: found?.isFile() ?? true };
}

async function rotate(path: string, rotations: number): Promise<void> {
  for (let number = rotations; number > 0; number--) {
    const newer = number === 1 ? path : `${path}.${number - 1}`;
    await rename(newer, `${path}.${number}`).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
