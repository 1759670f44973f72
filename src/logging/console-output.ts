import type { Writable } from 'node:stream';

/** Characters that may wait for the console's reader. Above this limit, new lines are dropped. */
const MAX_QUEUED = 1024 * 1024;

/**
 * Writes lines to the console. When the reader is slow and the queue is full, drops lines and counts them. When the
 * reader continues, writes one line with the number of dropped lines.
 */
export class ConsoleOutput {
  private dropped = 0;

  /** @param droppedLine formats the line that reports dropped lines */
  constructor(
    private readonly stream: Writable,
    private readonly droppedLine: (dropped: number) => string,
  ) {
    // The reader may close the console (EPIPE). Without a listener the event would end the process.
    stream.on('error', () => {});
    stream.on('drain', () => this.resume());
  }

  write(line: string): void {
    if (this.dropped > 0 || this.stream.writableLength >= MAX_QUEUED) this.dropped++;
    else this.stream.write(line);
  }

  /** Resolves when all queued lines are written. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.stream.write('', () => resolve()));
  }

  private resume(): void {
    if (this.dropped === 0) return;
    const { dropped } = this;
    this.dropped = 0;
    this.stream.write(this.droppedLine(dropped));
  }
}
