import { rename, stat } from 'node:fs/promises';
import { AppendedFile } from './appended-file.js';

export interface RotatingFileOptions {
  path: string;
  /** In bytes; the file is rotated before it grows beyond it. 0: never. */
  maxSize: number;
  /** Old files kept: `path.1` is the newest. 0: the file is never rotated, as with Python's RotatingFileHandler. */
  rotations: number;
}

/** How many of some lines were written, and the error that kept the rest from it. */
export interface Appended {
  written: number;
  error?: unknown;
}

/** Milliseconds between a rotation that failed and the next try. */
const ROTATE_AGAIN = 60_000;

/** A file with the names of Python's RotatingFileHandler. Where it can't be rotated it grows beyond its size. */
export class RotatingFile {
  private readonly file: AppendedFile;
  private failedAt: number | undefined;

  /** @param rotationFailed called with the first failure after the start or after a success */
  constructor(
    private readonly options: RotatingFileOptions,
    private readonly rotationFailed: (error: unknown) => void,
  ) {
    this.file = new AppendedFile(options.path);
  }

  /** Appends lines, each with its end of line. Opens the file, even for none. Never rejects. */
  async append(lines: readonly string[]): Promise<Appended> {
    let written = 0;
    try {
      await this.file.open();
      while (written < lines.length) {
        const batch = await this.nextBatch(lines.slice(written));
        const { written: bytes, error } = await this.file.write(batch.join(''));
        written += countWhole(batch, bytes);
        if (error !== undefined) throw error;
      }
      return { written };
    } catch (error) {
      await this.file.close();
      return { written, error };
    }
  }

  /** Closes the file. The next lines open it again. */
  async close(): Promise<void> {
    this.failedAt = undefined;
    await this.file.close();
  }

  private async nextBatch(lines: readonly string[]): Promise<readonly string[]> {
    const first = this.fitting(lines);
    if (first.length > 0) return first;
    const rotated = await this.rotate();
    const second = rotated ? this.fitting(lines) : lines;
    // A line that is longer than a whole file gets a file to itself.
    return second.length > 0 ? second : lines.slice(0, 1);
  }

  /** The lines that the file takes before it must be rotated. */
  private fitting(lines: readonly string[]): readonly string[] {
    const { maxSize, rotations } = this.options;
    // A device such as /dev/stdout can be written to, but not renamed.
    if (!this.file.isRegular || rotations === 0 || maxSize === 0) return lines;
    let { size } = this.file;
    const end = lines.findIndex((line) => (size += Buffer.byteLength(line)) > maxSize);
    return end < 0 ? lines : lines.slice(0, end);
  }

  private async rotate(): Promise<boolean> {
    if (this.file.size === 0) return true;
    if (this.failedAt !== undefined && performance.now() - this.failedAt < ROTATE_AGAIN) return false;
    try {
      await shift(this.options.path, this.options.rotations);
    } catch (error) {
      if (this.failedAt === undefined) this.rotationFailed(error);
      this.failedAt = performance.now();
      return false;
    }
    this.failedAt = undefined;
    await this.file.openSuccessor();
    return true;
  }
}

/** Renames `path` to `path.1`, `path.1` to `path.2` and so on: up to a gap, so that a failure in the middle costs none. */
async function shift(path: string, rotations: number): Promise<void> {
  let last = 1;
  while (last < rotations && (await stat(`${path}.${last}`).catch(ignoreMissing))) last++;
  for (let number = last; number > 0; number--)
    await rename(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`).catch(ignoreMissing);
}

function countWhole(lines: readonly string[], bytes: number): number {
  let rest = bytes;
  const end = lines.findIndex((line) => (rest -= Buffer.byteLength(line)) < 0);
  return end < 0 ? lines.length : end;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
