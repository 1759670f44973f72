import { LOOK, Stopwatch } from './stopwatch.js';

/** Milliseconds between two heartbeats of a server that is configured as usual. */
const USUAL_INTERVAL = 20_000;
/** Milliseconds: the longest interval that is assumed without having heard a heartbeat. */
const LONGEST_GUESS = 80_000;
/** Milliseconds: heartbeats closer than this were held up on their way and tell no interval. */
const SHORTEST_INTERVAL = 500;
/** A heartbeat may come almost two intervals after a message. */
const SILENT_INTERVALS = 2.5;
/** Milliseconds without a tick that mean a sleep: a browser fires the timers of a hidden page once a minute at worst. */
const SLEEP = 100_000;

/**
 * Watches the signs of life of one connection after another, and reports the one that has fallen silent. The limit is two
 * and a half heartbeat intervals. The interval is learned from heartbeats; until then it is a guess, which doubles when
 * a connection that heard no heartbeat was silent: the server's interval may be longer.
 */
export class Pulse {
  /** The last two intervals. The longer one counts: after a heartbeat that was held up the next seems to come early. */
  #intervals: readonly [number, number] = [USUAL_INTERVAL, USUAL_INTERVAL];
  #learned = false;
  #sign: Stopwatch | undefined;
  #tick = new Stopwatch();
  #afterBeat = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds since the last sign of life, the attempt to connect included; infinite without a connection. */
  get age(): number {
    return this.#sign?.elapsed ?? Number.POSITIVE_INFINITY;
  }

  /** A connection is attempted. */
  start(): void {
    this.#sign = new Stopwatch();
    this.#afterBeat = false;
  }

  /**
   * The connection is open.
   * @param audible it carries heartbeats. Otherwise silence proves nothing, and only a sleep of the computer is noticed
   * @param silent called once when the connection must be taken for dead
   */
  open(audible: boolean, silent: () => void): void {
    const look = (): void => {
      const left = audible ? this.#limit - this.age : SLEEP - this.#tick.elapsed;
      this.#tick.restart();
      if (left > 0) {
        this.#timer = setTimeout(look, Math.min(left, LOOK));
        return;
      }
      if (audible) this.#doubt();
      silent();
    };
    this.heard(false);
    this.#tick.restart();
    this.#timer = setTimeout(look, LOOK);
  }

  /** Something came. @param beat nothing but a heartbeat */
  heard(beat: boolean): void {
    const gap = this.age;
    if (beat && this.#afterBeat && gap >= SHORTEST_INTERVAL && gap <= this.#limit) {
      this.#intervals = [this.#intervals[1], gap];
    }
    this.#afterBeat = beat;
    this.#learned ||= beat;
    this.#sign?.restart();
  }

  /** The connection is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#sign = undefined;
  }

  get #limit(): number {
    return SILENT_INTERVALS * Math.max(...this.#intervals);
  }

  #doubt(): void {
    const interval = Math.max(...this.#intervals);
    const next = this.#learned ? USUAL_INTERVAL : Math.min(2 * interval, LONGEST_GUESS);
    this.#intervals = [interval, Math.max(interval, next)];
    this.#learned = false;
  }
}
