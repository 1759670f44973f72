/** Messages per millisecond above which messages are a burst. */
const BURST_RATE = 20;

/** Milliseconds over which the rate is measured, so that two consecutive messages are not a burst. */
const WINDOW = 5;

/** Detects bursts. In a burst, one write for many messages costs less than a write per message. */
export class BurstDetector {
  inBurst = false;
  private count = 0;
  private windowStart = 0;

  /** Records messages that arrived before `now` (milliseconds of `performance.now`). */
  record(messages: number, now: number): void {
    this.count += messages;
    const elapsed = now - this.windowStart;
    if (elapsed < WINDOW) return;
    this.inBurst = this.count > BURST_RATE * elapsed;
    this.count = 0;
    this.windowStart = now;
  }
}
