/** Messages per millisecond above which they are a burst. */
const BURST_RATE = 20;

/** Milliseconds over which the rate is measured, so that two consecutive messages are no burst. */
const WINDOW = 5;

/** Detects bursts: waiting for more messages pays when a write per message costs more than the message itself. */
export class BurstDetector {
  inBurst = false;
  private count = 0;
  private windowStart = 0;

  /** Records messages that came until `now` (milliseconds, as from `performance.now`). */
  record(messages: number, now: number): void {
    this.count += messages;
    const elapsed = now - this.windowStart;
    if (elapsed < WINDOW) return;
    this.inBurst = this.count > BURST_RATE * elapsed;
    this.count = 0;
    this.windowStart = now;
  }
}
