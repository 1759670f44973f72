/** Speed of the log's clock relative to real time, after the system clock was set back. */
const CATCH_UP_SPEED = 0.1;

/** Milliseconds. The log reports a step back of the system clock from this size on. NTP makes smaller steps. */
const MIN_REPORTED_STEP = 1000;

/**
 * The clock of log lines: the system clock, but never decreasing, so that times show the order of lines. After the system
 * clock was set back, this clock advances at a tenth of real time until the system clock catches up: after a step of one
 * hour, for 67 minutes.
 */
export class LogClock {
  private time = -Infinity;
  private readAt = 0;
  private offset = -Infinity;

  /** @param onSetBack called with the milliseconds by which the system clock was set back */
  constructor(private readonly onSetBack: (milliseconds: number) => void) {}

  now(): Date {
    const [system, monotonic] = [Date.now(), performance.now()];
    const slowed = this.time + (monotonic - this.readAt) * CATCH_UP_SPEED;
    this.time = Math.max(system, slowed);
    this.readAt = monotonic;
    const offset = system - monotonic;
    const back = this.offset - offset;
    this.offset = offset;
    if (back >= MIN_REPORTED_STEP) this.onSetBack(Math.round(back));
    return new Date(this.time);
  }
}
