import { Stopwatch } from './stopwatch.js';

/** Milliseconds between two checks of the clock, and so the longest delay until the end of a sleep is noticed. */
export const CHECK_INTERVAL = 5000;
/** Milliseconds between two heartbeats of a server with the default configuration. */
const DEFAULT_INTERVAL = 20_000;
/** Milliseconds: the longest interval that is assumed before the first heartbeat. */
const LONGEST_GUESS = 80_000;
/** Milliseconds: a shorter gap means that heartbeats were delayed on their way, so the gap is not the interval. */
const SHORTEST_INTERVAL = 500;
/**
 * Heartbeat intervals of silence until a connection counts as dead. A heartbeat may come almost two intervals after a
 * message.
 */
const SILENT_INTERVALS = 2.5;
/**
 * A longer time, in milliseconds, between two checks means a sleep: browsers run the timers of a hidden page at least
 * once a minute.
 */
const SLEEP = 100_000;

/**
 * Detects a silent connection: one without a message or heartbeat for two and a half heartbeat intervals. One detector
 * serves one connection after another. It starts with a guess of the interval, and learns the interval from heartbeats.
 * The guess doubles if a connection was silent and had no heartbeat, because the server's interval may be longer.
 */
export class SilenceDetector {
  /** The last two intervals. The longer one counts, because the gap after a delayed heartbeat is too short. */
  #intervals: readonly [number, number] = [DEFAULT_INTERVAL, DEFAULT_INTERVAL];
  #learned = false;
  #sinceActivity: Stopwatch | undefined;
  #sinceCheck = new Stopwatch();
  #afterHeartbeat = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds since the last activity or the start of the attempt; infinite without a connection. */
  get idleTime(): number {
    return this.#sinceActivity?.elapsed ?? Number.POSITIVE_INFINITY;
  }

  /** An attempt to connect starts. */
  start(): void {
    this.#sinceActivity = new Stopwatch();
    this.#afterHeartbeat = false;
  }

  /**
   * The connection is open.
   * @param hasHeartbeats without heartbeats silence proves nothing, so only a sleep of the computer is detected
   * @param onSilent called once, when the connection counts as dead
   */
  open(hasHeartbeats: boolean, onSilent: () => void): void {
    const check = (): void => {
      const left = hasHeartbeats ? this.#limit - this.idleTime : SLEEP - this.#sinceCheck.elapsed;
      this.#sinceCheck.restart();
      if (left > 0) {
        this.#timer = setTimeout(check, Math.min(left, CHECK_INTERVAL));
        return;
      }
      if (hasHeartbeats) this.#doubtInterval();
      onSilent();
    };
    this.activity(false);
    this.#sinceCheck.restart();
    this.#timer = setTimeout(check, CHECK_INTERVAL);
  }

  /** A message or heartbeat has arrived. @param heartbeatOnly only a heartbeat has arrived */
  activity(heartbeatOnly: boolean): void {
    const gap = this.idleTime;
    if (heartbeatOnly && this.#afterHeartbeat && gap >= SHORTEST_INTERVAL && gap <= this.#limit) {
      this.#intervals = [this.#intervals[1], gap];
    }
    this.#afterHeartbeat = heartbeatOnly;
    this.#learned ||= heartbeatOnly;
    this.#sinceActivity?.restart();
  }

  /** The connection has ended. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#sinceActivity = undefined;
  }

  get #limit(): number {
    return SILENT_INTERVALS * Math.max(...this.#intervals);
  }

  #doubtInterval(): void {
    const interval = Math.max(...this.#intervals);
    const next = this.#learned ? DEFAULT_INTERVAL : Math.min(2 * interval, LONGEST_GUESS);
    this.#intervals = [interval, Math.max(interval, next)];
    this.#learned = false;
  }
}
