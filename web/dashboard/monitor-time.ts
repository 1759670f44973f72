import { Stopwatch } from '../../client/stopwatch.js';

/**
 * The time by the clock of the monitor: the time of the last sample, and what has passed since it arrived. The local
 * clock may be wrong, so it is not used.
 */
export class MonitorTime {
  #sampledAt: number | undefined;
  readonly #since = new Stopwatch();

  /** A sample has arrived. @param time milliseconds since 1970 */
  sampleReceived(time: number): void {
    this.#sampledAt = time;
    this.#since.restart();
  }

  /** The time now; `undefined` before the first sample. @param isLive without a connection the time stands still */
  now(isLive: boolean): number | undefined {
    if (this.#sampledAt === undefined) return undefined;
    return this.#sampledAt + (isLive ? this.#since.elapsed : 0);
  }
}
