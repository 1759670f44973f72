import type { Writable } from 'node:stream';

/** Characters that may wait for the console's reader; as long as so many wait, new lines are dropped. */
const MAX_QUEUED = 1024 * 1024;

/**
 * Lines for the console. Those that its reader does not take are dropped above a bound, and counted; the number is said
 * in their place as soon as the reader reads again.
 */
export class ConsoleOutput {
  private dropped = 0;

  /** @param notice makes the line that tells how many lines were dropped */
  constructor(
    private readonly stream: Writable,
    private readonly notice: (dropped: number) => string,
  ) {
    // Whoever read the console has gone (EPIPE); unheard, the event would end the process.
    stream.on('error', () => {});
    stream.on('drain', () => this.resume());
  }

  write(line: string): void {
    if (this.dropped > 0 || this.stream.writableLength >= MAX_QUEUED) this.dropped++;
    else this.stream.write(line);
  }

  /** Resolves once everything that was taken is written. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.stream.write('', () => resolve()));
  }

  private resume(): void {
    if (this.dropped === 0) return;
    const { dropped } = this;
    this.dropped = 0;
    this.stream.write(this.notice(dropped));
  }
}
