import { now } from './message.js';

/** Milliseconds between two checks for progress. */
const CHECK_INTERVAL = 1000;

/** Waits for a number of events, and fails after a time without an event. */
export class Countdown {
  /** Time of the last event, ns of the monotonic clock. */
  readonly done: Promise<number>;

  private settle!: { resolve: (at: number) => void; reject: (error: Error) => void };
  private readonly timer: NodeJS.Timeout;
  private leftAtCheck: number;
  private quietSeconds = 0;

  /** @param timeout seconds without progress after which `done` rejects */
  constructor(
    private left: number,
    private readonly what: string,
    timeout = 30,
  ) {
    this.leftAtCheck = left;
    this.done = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.done.catch(() => {});
    this.timer = setInterval(() => this.check(timeout), CHECK_INTERVAL);
    if (left === 0) this.finish();
  }

  decrement(): void {
    if (--this.left === 0) this.finish();
  }

  fail(error: Error): void {
    clearInterval(this.timer);
    this.settle.reject(error);
  }

  private finish(): void {
    clearInterval(this.timer);
    this.settle.resolve(now());
  }

  private check(timeout: number): void {
    this.quietSeconds = this.left === this.leftAtCheck ? this.quietSeconds + CHECK_INTERVAL / 1000 : 0;
    this.leftAtCheck = this.left;
    if (this.quietSeconds >= timeout)
      this.fail(new Error(`${this.left} ${this.what} missing after ${timeout} s without progress`));
  }
}
