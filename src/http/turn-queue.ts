/** Runs tasks in order, at most `batch` tasks in one turn of the event loop. */
export class TurnQueue {
  private waiting: (() => void)[] = [];
  private started = 0;
  private left: number;
  private scheduled = false;

  constructor(private readonly batch: number) {
    this.left = batch;
  }

  /** Runs the task at once if this turn has not run `batch` tasks yet, otherwise in a later turn. */
  run(task: () => void): void {
    if (this.left > 0 && this.waiting.length === 0) {
      this.left--;
      this.schedule();
      task();
    } else {
      this.waiting.push(task);
    }
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.scheduled = false;
    this.left = this.batch;
    while (this.left > 0 && this.started < this.waiting.length) {
      this.left--;
      this.schedule();
      this.waiting[this.started++]!();
    }
    if (this.started < this.waiting.length) return;
    this.waiting = [];
    this.started = 0;
  }
}
