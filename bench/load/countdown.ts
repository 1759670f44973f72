import { now } from './message.js';

/** Milliseconds between two looks at whether anything still comes. */
const LOOK = 1000;

/** Waits for a number of things to happen, and gives up when none has for a while. */
export class Countdown {
  /** When the last one happened: ns of the monotonic clock. */
  readonly done: Promise<number>;

  private settle!: { resolve: (at: number) => void; reject: (error: Error) => void };
  private readonly timer: NodeJS.Timeout;
  private seen: number;
  private quiet = 0;

  /** @param patience seconds without any progress until it is a failure */
  constructor(
    private left: number,
    private readonly what: string,
    patience = 30,
  ) {
    this.seen = left;
    this.done = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.done.catch(() => {});
    this.timer = setInterval(() => this.look(patience), LOOK);
    if (left === 0) this.finish();
  }

  hit(): void {
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

  private look(patience: number): void {
    this.quiet = this.left === this.seen ? this.quiet + LOOK / 1000 : 0;
    this.seen = this.left;
    if (this.quiet >= patience)
      this.fail(new Error(`${this.left} ${this.what} missing after ${patience} s of silence`));
  }
}
