import type { Item } from './item.js';
import type { StreamView } from './stream-view.js';

/** Received items that the loop has not taken yet. */
export interface ItemQueue {
  push(item: Item): void;
  /** From now on, buffers items only while a loop runs. */
  stopBufferingWithoutLoop(): void;
  /** Yields queued and new items until the stream ends. @param onDone called however the loop ends */
  iterate(onDone: () => void): AsyncGenerator<Item, void, undefined>;
  /** The loop has something to do: the stream has ended. */
  wake(): void;
}

/** @param stream after its end, the loop still gets the queued items, unless the user has closed it */
export function createItemQueue(stream: Pick<StreamView, 'end'>): ItemQueue {
  let items: Item[] = [];
  let iterating = false;
  let buffersWithoutLoop = true;
  let resume = (): void => {};
  return {
    push(item) {
      if (!buffersWithoutLoop && !iterating) return;
      items.push(item);
      resume();
    },
    stopBufferingWithoutLoop() {
      buffersWithoutLoop = false;
      if (!iterating) items = [];
    },
    wake: () => resume(),
    async *iterate(onDone) {
      iterating = true;
      try {
        for (;;) {
          // Takes the whole array at once: the time of a `shift()` per item grows with the length of the queue.
          const batch = items;
          items = [];
          for (const item of batch) {
            if (stream.end?.reason === 'closed') return;
            yield item;
          }
          if (items.length > 0) continue;
          if (stream.end) return;
          await new Promise<void>((resolve) => (resume = resolve));
        }
      } finally {
        iterating = false;
        onDone();
      }
    },
  };
}
