import { rename, stat } from 'node:fs/promises';
import { AppendedFile } from './appended-file.js';

/** Options of a `RotatingFile`. The numbers are read at the time of use. */
export interface RotatingFileOptions {
  readonly path: string;
  /** Bytes. The file is rotated before it exceeds this size. 0: never. */
  readonly maxSize: number;
  /** Old files to keep; `path.1` is the newest. 0: the file is never rotated, as in Python's RotatingFileHandler. */
  readonly rotations: number;
}

/** The number of lines that were written, and the error if not all were written. */
export interface AppendResult {
  written: number;
  error?: unknown;
}

/** Milliseconds between a failed rotation and the next attempt. */
const RETRY_AFTER = 60_000;

/** A log file that rotates like Python's RotatingFileHandler. When rotation fails, the file grows beyond its size. */
export class RotatingFile {
  private readonly file: AppendedFile;
  private failedAt: number | undefined;

  /** @param onRotationFailed called with the first failure after the start or after a success */
  constructor(
    private readonly options: RotatingFileOptions,
    private readonly onRotationFailed: (error: unknown) => void,
  ) {
    this.file = new AppendedFile(options.path);
  }

  /** Appends lines, each with its line end. Opens the file, even without lines. Never rejects. */
  async append(lines: readonly string[]): Promise<AppendResult> {
    let written = 0;
    try {
      await this.file.open();
      while (written < lines.length) {
        const batch = await this.nextBatch(lines.slice(written));
        const { written: bytes, error } = await this.file.write(batch.join(''));
        written += countCompleteLines(batch, bytes);
        if (error !== undefined) throw error;
      }
      return { written };
    } catch (error) {
      await this.file.close();
      return { written, error };
    }
  }

  /** Closes the file. The next `append` opens it again. */
  async close(): Promise<void> {
    this.failedAt = undefined;
    await this.file.close();
  }

  private async nextBatch(lines: readonly string[]): Promise<readonly string[]> {
    const first = this.fitting(lines);
    if (first.length > 0) return first;
    const rotated = await this.rotate();
    const second = rotated ? this.fitting(lines) : lines;
    // A line longer than the maximum size fills a file alone.
    return second.length > 0 ? second : lines.slice(0, 1);
  }

  /** The lines that fit in the file before it must be rotated. */
  private fitting(lines: readonly string[]): readonly string[] {
    const { maxSize, rotations } = this.options;
    // A device such as /dev/stdout can't be renamed.
    if (!this.file.isRegular || rotations === 0 || maxSize === 0) return lines;
    let { size } = this.file;
    const end = lines.findIndex((line) => (size += Buffer.byteLength(line)) > maxSize);
    return end < 0 ? lines : lines.slice(0, end);
  }

  private async rotate(): Promise<boolean> {
    if (this.file.size === 0) return true;
    if (this.failedAt !== undefined && performance.now() - this.failedAt < RETRY_AFTER) return false;
    try {
      await shiftFiles(this.options.path, this.options.rotations);
    } catch (error) {
      if (this.failedAt === undefined) this.onRotationFailed(error);
      this.failedAt = performance.now();
      return false;
    }
    this.failedAt = undefined;
    await this.file.openSuccessor();
    return true;
  }
}

/**
 * Renames `path` to `path.1`, `path.1` to `path.2` and so on up to the first gap. The last file is renamed first, so that
 * a failure loses no file.
 */
async function shiftFiles(path: string, rotations: number): Promise<void> {
  let last = 1;
  while (last < rotations && (await stat(`${path}.${last}`).catch(ignoreMissingFile))) last++;
  for (let number = last; number > 0; number--)
    await rename(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`).catch(ignoreMissingFile);
}

function countCompleteLines(lines: readonly string[], bytes: number): number {
  let rest = bytes;
  const end = lines.findIndex((line) => (rest -= Buffer.byteLength(line)) < 0);
  return end < 0 ? lines.length : end;
}

function ignoreMissingFile(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
