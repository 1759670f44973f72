import type { Item } from './item.js';

/** Received items that the loop has not taken yet. */
export class ItemQueue {
  #items: Item[] = [];
  #open = true;
  #discarded = false;
  #iterating = false;
  #buffersWithoutLoop = true;
  #wake = (): void => {};

  push(item: Item): void {
    if (!this.#buffersWithoutLoop && !this.#iterating) return;
    this.#items.push(item);
    this.#wake();
  }

  /** From now on, buffers items only while a loop runs. */
  stopBufferingWithoutLoop(): void {
    this.#buffersWithoutLoop = false;
    if (!this.#iterating) this.#items = [];
  }

  /** Accepts no more items. The loop still gets the queued items, unless they are discarded. */
  close(discard: boolean): void {
    this.#open = false;
    this.#discarded = discard;
    this.#wake();
  }

  /** Yields queued and new items until the queue is closed. @param onDone called however the loop ends */
  async *iterate(onDone: () => void): AsyncGenerator<Item, void, undefined> {
    this.#iterating = true;
    try {
      for (;;) {
        // Takes the whole array at once: the time of a `shift()` per item grows with the length of the queue.
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
      onDone();
    }
  }
}
