import { Injectable } from '@nestjs/common';

/** Milliseconds that all tasks together may work in one turn of the event loop. */
const SLICE = 5;

/**
 * Divides long tasks into slices, so that they delay no message. In each turn of the event loop, one task gets a slice.
 * A task calls `next` at its start and whenever its slice is `over`.
 */
@Injectable()
export class WorkSlices {
  private readonly waiting: (() => void)[] = [];
  private end = 0;
  private scheduled = false;

  /** The slice of the running task has ended. */
  get over(): boolean {
    return performance.now() >= this.end;
  }

  /** Resolves when the next slice of the calling task begins. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.scheduled = false;
    const resume = this.waiting.shift();
    if (this.waiting.length > 0) this.schedule();
    this.end = performance.now() + SLICE;
    resume?.();
  }
}
