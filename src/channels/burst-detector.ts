/** Messages a millisecond from which on the pace counts as busy. */
const BUSY = 20;

/** Milliseconds over which it is judged, so that two messages in a row don't make it busy. */
const WINDOW = 5;

/**
 * Tells whether so many messages come that waiting for more of them pays, because a write for each costs more than the
 * message itself.
 */
export class BurstDetector {
  busy = false;
  private count = 0;
  private since = 0;

  /** Counts messages that came until `now` (milliseconds, as of `performance.now`). */
  note(messages: number, now: number): void {
    this.count += messages;
    const elapsed = now - this.since;
    if (elapsed < WINDOW) return;
    this.busy = this.count > BUSY * elapsed;
    this.count = 0;
    this.since = now;
  }
}
