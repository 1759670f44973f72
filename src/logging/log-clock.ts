/** The pace of the log's times, as a share of the real one, after the system clock was set back. */
const CATCH_UP_PACE = 0.1;

/** Milliseconds by which the system clock must be set back before the log says so; smaller steps come from NTP. */
const WORTH_SAYING = 1000;

/**
 * The times of log lines: the system clock's, but never decreasing. After the system clock was set back, times advance
 * at a tenth of the real pace until the clock has caught up: an hour is caught up with after 67 minutes, and meanwhile
 * times still tell what came first.
 */
export class LogClock {
  private time = -Infinity;
  private readAt = 0;
  private offset = -Infinity;

  /** @param setBack called with the milliseconds by which the system clock was set back */
  constructor(private readonly setBack: (milliseconds: number) => void) {}

  now(): Date {
    const [system, monotonic] = [Date.now(), performance.now()];
    const slowed = this.time + (monotonic - this.readAt) * CATCH_UP_PACE;
    this.time = Math.max(system, slowed);
    this.readAt = monotonic;
    const offset = system - monotonic;
    const back = this.offset - offset;
    this.offset = offset;
    if (back >= WORTH_SAYING) this.setBack(Math.round(back));
    return new Date(this.time);
  }
}
