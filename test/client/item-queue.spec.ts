import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Item } from '../../client/item.js';
import { ItemQueue } from '../../client/item-queue.js';

const [A, B, C] = ['a', 'b', 'c'].map((id) => ({ id, time: '', command: id })) as [Item, Item, Item];

let queue: ItemQueue;
let loop: AsyncGenerator<Item, void, undefined>;
const onDone = vi.fn<() => void>();

beforeEach(() => {
  onDone.mockReset();
  queue = new ItemQueue();
  loop = queue.iterate(onDone);
});

/** The items that the loop gets until the queue is closed. */
async function rest(): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of loop) items.push(item);
  return items;
}

describe('items that came before the loop', () => {
  it('are delivered first, also after the queue was closed', async () => {
    queue.push(A);
    queue.push(B);
    queue.close(false);
    expect(await rest()).toEqual([A, B]);
  });

  it('are dropped when only listeners are used', async () => {
    queue.push(A);
    queue.stopBufferingWithoutLoop();
    queue.push(B);
    queue.close(false);
    expect(await rest()).toEqual([]);
  });

  it('are discarded on request, in the middle of them too', async () => {
    queue.push(A);
    queue.push(B);
    expect(await loop.next()).toEqual({ done: false, value: A });
    queue.close(true);
    expect(await rest()).toEqual([]);
  });
});

describe('while the loop runs', () => {
  it('an item that comes while another is handled follows at once', async () => {
    queue.push(A);
    expect(await loop.next()).toEqual({ done: false, value: A });
    queue.push(B);
    expect(await loop.next()).toEqual({ done: false, value: B });
  });

  it('an item wakes the waiting loop', async () => {
    const next = loop.next();
    queue.push(A);
    expect(await next).toEqual({ done: false, value: A });
  });

  it('listeners that are added do not take its items', async () => {
    queue.push(A);
    await loop.next();
    queue.push(B);
    queue.stopBufferingWithoutLoop();
    queue.push(C);
    queue.close(false);
    expect(await rest()).toEqual([B, C]);
  });
});

describe('the end of the loop', () => {
  it('is reported once', async () => {
    queue.close(false);
    await rest();
    expect(onDone).toHaveBeenCalledTimes(1);
  });

  it('by a break is reported, and later items are not kept beside listeners', async () => {
    queue.stopBufferingWithoutLoop();
    const next = loop.next();
    queue.push(A);
    await next;
    await loop.return();
    expect(onDone).toHaveBeenCalledTimes(1);
    queue.push(B);
    queue.close(false);
    loop = queue.iterate(onDone);
    expect(await rest()).toEqual([]);
  });
});
