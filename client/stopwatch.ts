/** Measures the time since its last start. The time in which the computer sleeps counts, unlike in timers. */
export class Stopwatch {
  #date = 0;
  #steady = 0;

  constructor() {
    this.restart();
  }

  restart(): void {
    this.#date = Date.now();
    this.#steady = performance.now();
  }

  /** Milliseconds. The steady clock may stand still during a sleep, and the date may be set back: the larger one counts. */
  get elapsed(): number {
    return Math.max(Date.now() - this.#date, performance.now() - this.#steady);
  }
}

/** Milliseconds between two looks at the clock: how late the end of a sleep is noticed. */
export const LOOK = 5000;

/** Calls `action` after `ms` milliseconds, time asleep included. Returns its cancellation. */
export function after(ms: number, action: () => void): () => void {
  const watch = new Stopwatch();
  let timer: ReturnType<typeof setTimeout>;
  const look = (): void => {
    const left = ms - watch.elapsed;
    if (left <= 0) action();
    else timer = setTimeout(look, Math.min(left, LOOK));
  };
  timer = setTimeout(look, Math.min(ms, LOOK));
  return () => clearTimeout(timer);
}
