/** Measures the time since its last start. Counts the time in which the computer sleeps. */
export class Stopwatch {
  #date = 0;
  #monotonic = 0;

  constructor() {
    this.restart();
  }

  restart(): void {
    this.#date = Date.now();
    this.#monotonic = performance.now();
  }

  /**
   * Milliseconds. The larger result of two clocks: a sleep may stop the monotonic clock, and the date may be set back.
   */
  get elapsed(): number {
    return Math.max(Date.now() - this.#date, performance.now() - this.#monotonic);
  }
}
