import type { Item } from './item.js';

/** What came and was not iterated yet. */
export class ItemQueue {
  #items: Item[] = [];
  #open = true;
  #discarded = false;
  #iterating = false;
  #kept = true;
  #wake = (): void => {};

  push(item: Item): void {
    if (!this.#kept && !this.#iterating) return;
    this.#items.push(item);
    this.#wake();
  }

  /** Keeps nothing while nobody iterates. */
  forgo(): void {
    this.#kept = false;
    if (!this.#iterating) this.#items = [];
  }

  /** Nothing more will come; what is there already is still given out, unless it is discarded. */
  close(discard: boolean): void {
    this.#open = false;
    this.#discarded = discard;
    this.#wake();
  }

  /** Gives out what is there and what comes, until the end. @param left called when the loop is over, however */
  async *iterate(left: () => void): AsyncGenerator<Item, void, undefined> {
    this.#iterating = true;
    try {
      for (;;) {
        // Batch by batch, as taking from the front one by one costs more the longer the queue is.
        const batch = this.#items;
        this.#items = [];
        for (const item of batch) {
          if (this.#discarded) return;
          yield item;
        }
        if (this.#items.length > 0) continue;
        if (!this.#open) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#iterating = false;
      left();
    }
  }
}
