import { close, constants, fchmod, fstat, open, read, stat, write } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

// Plain descriptors: Node closes a forgotten FileHandle with a warning.
const fs = {
  close: promisify(close),
  fchmod: promisify(fchmod),
  fstat: promisify(fstat),
  open: promisify(open),
  read: promisify(read),
  stat: promisify(stat),
  write: promisify(write),
};

const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** O_NONBLOCK: a FIFO without a reader, or a terminal in Ctrl-S, would occupy a thread of libuv's pool for ever. */
const APPEND = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY;

/** Log lines hold ids of jobs and addresses of clients. */
const MODE = 0o640;
const PERMISSIONS = 0o777;

/** Milliseconds for which a FIFO or a terminal may take nothing, and between two tries. */
const LONGEST_WAIT = 10_000;
const TRY_AGAIN = 20;

const LINE_END = 0x0a;

/** A path that is appended to. It may lead to a regular file, a FIFO or a device. */
export class AppendedFile {
  size = 0;
  isRegular = false;
  private fd: number | undefined;
  private dev = 0;
  private ino = 0;
  private mode = MODE;
  /** The last line was written in part: the next one must not continue it. */
  private torn = false;

  constructor(private readonly path: string) {}

  /** Opens the path, and opens it again when it has come to lead to another file: logrotate may have moved the file. */
  async open(): Promise<void> {
    if (this.fd !== undefined && (await this.isStillThere())) return;
    await this.close();
    this.fd = await fs.open(this.path, APPEND, MODE);
    const found = await fs.fstat(this.fd);
    this.isRegular = found.isFile();
    this.size = found.size;
    this.dev = found.dev;
    this.ino = found.ino;
    this.mode = found.mode & PERMISSIONS;
    if (this.isRegular) this.torn = await this.endsInPartOfLine();
  }

  /** Opens a new file where the path leads to none any more, with the permissions of the one before. */
  async openSuccessor(): Promise<void> {
    const { mode } = this;
    await this.close();
    await this.open();
    if (mode === this.mode) return;
    await fs.fchmod(this.fd!, mode).catch(() => {});
  }

  async close(): Promise<void> {
    const { fd } = this;
    this.fd = undefined;
    if (fd !== undefined) await fs.close(fd).catch(() => {});
  }

  /** Writes the text. Tells how many bytes of it were written, and the error that kept the rest from it. */
  async write(text: string): Promise<{ written: number; error?: unknown }> {
    const prefix = this.torn ? '\n' : '';
    const bytes = Buffer.from(prefix + text);
    let done = 0;
    let error: unknown;
    let progressAt = performance.now();
    while (done < bytes.length) {
      try {
        done += (await fs.write(this.fd!, bytes, done)).bytesWritten;
        progressAt = performance.now();
      } catch (cause) {
        const isFull = (cause as NodeJS.ErrnoException).code === 'EAGAIN';
        error = isFull && performance.now() - progressAt < LONGEST_WAIT ? undefined : cause;
        if (error !== undefined) break;
        await setTimeout(TRY_AGAIN, undefined, { ref: false });
      }
    }
    if (done > 0) this.torn = bytes[done - 1] !== LINE_END;
    this.size += done;
    const written = Math.max(done - prefix.length, 0);
    return error === undefined ? { written } : { written, error };
  }

  private async isStillThere(): Promise<boolean> {
    const found = await fs.stat(this.path).catch(() => undefined);
    if (found?.dev !== this.dev || found.ino !== this.ino) return false;
    this.size = found.size;
    this.mode = found.mode & PERMISSIONS;
    return true;
  }

  // The process before may have been killed, or its disk was full, in the middle of a line.
  private async endsInPartOfLine(): Promise<boolean> {
    if (this.size === 0) return false;
    let fd: number | undefined;
    try {
      fd = await fs.open(this.path, O_RDONLY | O_NONBLOCK);
      const last = await fs.read(fd, Buffer.alloc(1), 0, 1, this.size - 1);
      return last.buffer[0] !== LINE_END;
    } catch {
      // Writing may be permitted, but not reading.
      return this.torn;
    } finally {
      if (fd !== undefined) await fs.close(fd).catch(() => {});
    }
  }
}
