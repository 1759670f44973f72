/** Milliseconds between two renders for new data. */
const DATA_INTERVAL = 500;

/** Decides when the page is rendered: at once after an input, at most twice a second for data, never while hidden. */
export class RenderPace {
  readonly #render: () => void;
  #renderedAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(render: () => void) {
    this.#render = render;
    document.addEventListener('visibilitychange', () => this.dataChanged());
  }

  /** Data have changed. */
  readonly dataChanged = (): void => {
    if (document.hidden || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#renderedAt + DATA_INTERVAL - performance.now());
    this.#timer = setTimeout(() => this.inputChanged(), wait);
  };

  /** A person has changed something. */
  readonly inputChanged = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#renderedAt = performance.now();
    this.#render();
  };
}
