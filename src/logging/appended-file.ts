import { close, constants, fchmod, fstat, open, read, stat, write } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

// Plain file descriptors: Node warns when it garbage-collects an open FileHandle.
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

/** O_NONBLOCK: otherwise a FIFO without a reader, or a terminal stopped by Ctrl-S, blocks a thread of libuv's pool. */
const APPEND = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY;

/** Not readable by others: log lines contain job ids and client addresses. */
const MODE = 0o640;
const PERMISSIONS = 0o777;

/** Milliseconds after which writing to a FIFO or terminal that accepts no bytes fails. */
const WRITE_TIMEOUT = 10_000;
const RETRY_INTERVAL = 20;

const LINE_END = 0x0a;

/** Appends to a path: a regular file, a FIFO or a device. */
export class AppendedFile {
  size = 0;
  isRegular = false;
  private fd: number | undefined;
  private dev = 0;
  private ino = 0;
  private mode = MODE;
  /** The last line in the file is incomplete, so the next write starts with a line end. */
  private hasPartialLine = false;

  constructor(private readonly path: string) {}

  /** Opens the path. Reopens it when the path now points to another file, for example after logrotate moved the file. */
  async open(): Promise<void> {
    if (this.fd !== undefined && (await this.isSameFile())) return;
    await this.close();
    this.fd = await fs.open(this.path, APPEND, MODE);
    const found = await fs.fstat(this.fd);
    this.isRegular = found.isFile();
    this.size = found.size;
    this.dev = found.dev;
    this.ino = found.ino;
    this.mode = found.mode & PERMISSIONS;
    if (this.isRegular) this.hasPartialLine = await this.endsWithPartialLine();
  }

  /** Creates the next file after a rotation, with the permissions of the previous file. */
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

  /** Writes the text. Returns the number of bytes written, and the error if not all were written. */
  async write(text: string): Promise<{ written: number; error?: unknown }> {
    const prefix = this.hasPartialLine ? '\n' : '';
    const bytes = Buffer.from(prefix + text);
    let sent = 0;
    let error: unknown;
    let progressAt = performance.now();
    while (sent < bytes.length) {
      try {
        sent += (await fs.write(this.fd!, bytes, sent)).bytesWritten;
        progressAt = performance.now();
      } catch (cause) {
        const isFull = (cause as NodeJS.ErrnoException).code === 'EAGAIN';
        error = isFull && performance.now() - progressAt < WRITE_TIMEOUT ? undefined : cause;
        if (error !== undefined) break;
        await setTimeout(RETRY_INTERVAL, undefined, { ref: false });
      }
    }
    if (sent > 0) this.hasPartialLine = bytes[sent - 1] !== LINE_END;
    this.size += sent;
    const written = Math.max(sent - prefix.length, 0);
    return error === undefined ? { written } : { written, error };
  }

  private async isSameFile(): Promise<boolean> {
    const found = await fs.stat(this.path).catch(() => undefined);
    if (found?.dev !== this.dev || found.ino !== this.ino) return false;
    this.size = found.size;
    this.mode = found.mode & PERMISSIONS;
    return true;
  }

  // The previous process may have been killed in the middle of a line, or its disk was full.
  private async endsWithPartialLine(): Promise<boolean> {
    if (this.size === 0) return false;
    let fd: number | undefined;
    try {
      fd = await fs.open(this.path, O_RDONLY | O_NONBLOCK);
      const last = await fs.read(fd, Buffer.alloc(1), 0, 1, this.size - 1);
      return last.buffer[0] !== LINE_END;
    } catch {
      // The file may be writable but not readable.
      return this.hasPartialLine;
    } finally {
      if (fd !== undefined) await fs.close(fd).catch(() => {});
    }
  }
}
