/** Milliseconds between two batches: fewer batches cost less, and a crash loses as much. */
const BATCH_INTERVAL = 5;

/** Calls `onDue` once after each `schedule`: in the next turn of the event loop, or after the batch interval. */
export class BatchTimer {
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private lastAt = 0;

  constructor(private readonly onDue: () => void) {}

  schedule(): void {
    if (this.timer || this.immediate) return;
    const delay = this.lastAt + BATCH_INTERVAL - performance.now();
    if (delay > 0) this.timer = setTimeout(this.run, delay);
    else this.immediate = setImmediate(this.run);
  }

  cancel(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = this.immediate = undefined;
  }

  private readonly run = (): void => {
    this.timer = this.immediate = undefined;
    this.lastAt = performance.now();
    this.onDue();
  };
}
