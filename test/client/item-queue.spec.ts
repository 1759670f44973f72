import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { End } from '../../client/end.js';
import type { Item } from '../../client/item.js';
import { createItemQueue, type ItemQueue } from '../../client/item-queue.js';

const [A, B, C] = ['a', 'b', 'c'].map((id) => ({ id, time: '', command: id })) as [Item, Item, Item];

let stream: { end: End | undefined };
let queue: ItemQueue;
let loop: AsyncGenerator<Item, void, undefined>;
const onDone = vi.fn<() => void>();

beforeEach(() => {
  onDone.mockReset();
  stream = { end: undefined };
  queue = createItemQueue(stream);
  loop = queue.iterate(onDone);
});

function endStream(reason: End['reason']): void {
  stream.end = { reason };
  queue.wake();
}

/** The items that the loop gets until the stream ends. */
async function rest(): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of loop) items.push(item);
  return items;
}

describe('items that came before the loop', () => {
  it('are delivered first, also after the stream has ended', async () => {
    queue.push(A);
    queue.push(B);
    endStream('finished');
    expect(await rest()).toEqual([A, B]);
  });

  it('are dropped when only listeners are used', async () => {
    queue.push(A);
    queue.stopBufferingWithoutLoop();
    queue.push(B);
    endStream('finished');
    expect(await rest()).toEqual([]);
  });

  it('are discarded when the user closes the stream, in the middle of them too', async () => {
    queue.push(A);
    queue.push(B);
    expect(await loop.next()).toEqual({ done: false, value: A });
    endStream('closed');
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
    endStream('finished');
    expect(await rest()).toEqual([B, C]);
  });
});

describe('the end of the loop', () => {
  it('is reported once', async () => {
    endStream('finished');
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
    endStream('finished');
    loop = queue.iterate(onDone);
    expect(await rest()).toEqual([]);
  });
});
