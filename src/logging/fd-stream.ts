import { fstatSync, write, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Milliseconds between attempts while the reader accepts no bytes. The delay doubles up to the maximum. */
const MIN_RETRY_DELAY = 1;
const MAX_RETRY_DELAY = 100;

type WriteCallback = () => void;

/**
 * Writes to a file descriptor, which must be in non-blocking mode unless it is a regular file. A terminal stopped by
 * Ctrl-S or a full pipe never blocks the process: the bytes wait in the queue of the stream. An error drops the bytes
 * but does not end the stream, because a full disk may have space again later.
 */
export class FdStream extends Writable {
  private readonly isFile: boolean;

  constructor(private readonly fd: number) {
    super({ decodeStrings: false });
    this.isFile = fstatSync(fd).isFile();
  }

  override _write(text: string, _encoding: string, done: WriteCallback): void {
    this.send(Buffer.from(text), done);
  }

  override _writev(chunks: { chunk: string }[], done: WriteCallback): void {
    this.send(Buffer.from(chunks.map(({ chunk }) => chunk).join('')), done);
  }

  private send(bytes: Buffer, done: WriteCallback): void {
    // File writes can't be non-blocking: a disk that hangs must block a thread of the pool, not the event loop.
    if (this.isFile) this.sendToFile(bytes, done);
    else this.sendNow(bytes, done, MIN_RETRY_DELAY);
  }

  private sendToFile(bytes: Buffer, done: WriteCallback): void {
    write(this.fd, bytes, (error, written) => {
      if (error || written === bytes.length) done();
      else this.sendToFile(bytes.subarray(written), done);
    });
  }

  // Writes in the same turn, so that the last lines are written before the process exits.
  private sendNow(bytes: Buffer, done: WriteCallback, delay: number): void {
    let sent = 0;
    try {
      while (sent < bytes.length) sent += writeSync(this.fd, bytes, sent);
      done();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return done();
      const next = sent > 0 ? MIN_RETRY_DELAY : Math.min(2 * delay, MAX_RETRY_DELAY);
      setTimeout(() => this.sendNow(bytes.subarray(sent), done, next), delay).unref();
    }
  }
}
