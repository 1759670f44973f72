/** Verifications at the same time. Each takes about 0.2 ms of the main thread. */
const CONCURRENT = 8;

/** Verifications that wait: some seconds of work. */
const MAX_WAITING = 10_000;

/** Bounds the work of verifications, so that a flood of tokens delays neither the messages nor the other clients. */
export class VerificationQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrent = CONCURRENT,
    private readonly maxWaiting = MAX_WAITING,
  ) {}

  /** Whether no further verification can wait. */
  get isFull(): boolean {
    return this.running >= this.concurrent && this.waiting.length >= this.maxWaiting;
  }

  /** Runs `verify` when it is its turn. Call it only while the queue is not full. */
  async run<T>(verify: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrent) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      return await verify();
    } finally {
      this.next();
    }
  }

  // The next verification takes the place of this one. It begins in another turn, so that input is read in between.
  private next(): void {
    const start = this.waiting.shift();
    if (start) setImmediate(start);
    else this.running--;
  }
}
