/** Milliseconds between two checks of the clock, and so the longest delay until the end of a sleep is noticed. */
export const CHECK_INTERVAL = 5000;

/**
 * Calls `action` after `ms` milliseconds. Unlike `setTimeout`, counts the time in which the computer sleeps.
 * Returns a function that cancels it.
 */
export function sleepAwareTimeout(ms: number, action: () => void): () => void {
  const watch = new Stopwatch();
  let timer: ReturnType<typeof setTimeout>;
  const check = (): void => {
    const left = ms - watch.elapsed;
    if (left <= 0) action();
    else timer = setTimeout(check, Math.min(left, CHECK_INTERVAL));
  };
  timer = setTimeout(check, Math.min(ms, CHECK_INTERVAL));
  return () => clearTimeout(timer);
}

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
