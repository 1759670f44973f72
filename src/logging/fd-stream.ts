import { fstatSync, write, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Milliseconds between two tries while the reader takes nothing: doubled from the first to the last. */
const FIRST_WAIT = 1;
const LAST_WAIT = 100;

type Done = () => void;

/**
 * Writes to a file descriptor, which must be in non-blocking mode unless it is a regular file. A terminal in Ctrl-S or
 * a full pipe never blocks the process: what was not taken waits in the queue of the stream. Errors drop the bytes and
 * never end the stream, because a full disk may have room again.
 */
export class FdStream extends Writable {
  private readonly isFile: boolean;

  constructor(private readonly fd: number) {
    super({ decodeStrings: false });
    this.isFile = fstatSync(fd).isFile();
  }

  override _write(text: string, _encoding: string, done: Done): void {
    this.send(Buffer.from(text), done);
  }

  override _writev(chunks: { chunk: string }[], done: Done): void {
    this.send(Buffer.from(chunks.map(({ chunk }) => chunk).join('')), done);
  }

  private send(bytes: Buffer, done: Done): void {
    // No flag makes a disk non-blocking: a disk that hangs must occupy a thread of the pool, not the event loop.
    if (this.isFile) this.sendToFile(bytes, done);
    else this.sendNow(bytes, done, FIRST_WAIT);
  }

  private sendToFile(bytes: Buffer, done: Done): void {
    write(this.fd, bytes, (error, written) => {
      if (error || written === bytes.length) done();
      else this.sendToFile(bytes.subarray(written), done);
    });
  }

  // Writes in the same turn, so that the last lines before the process exits are out.
  private sendNow(bytes: Buffer, done: Done, wait: number): void {
    let sent = 0;
    try {
      while (sent < bytes.length) sent += writeSync(this.fd, bytes, sent);
      done();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return done();
      const next = sent > 0 ? FIRST_WAIT : Math.min(2 * wait, LAST_WAIT);
      setTimeout(() => this.sendNow(bytes.subarray(sent), done, next), wait).unref();
    }
  }
}
