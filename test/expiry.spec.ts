import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Expiry, type Expiring } from '../src/channels/expiry.js';

class Item implements Expiring<Item> {
  older: Item | undefined;
  newer: Item | undefined;
  since = 0;
}

describe('Expiry', () => {
  let told: Item[];
  let expiry: Expiry<Item>;
  const a = new Item();
  const b = new Item();

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    expiry = new Expiry<Item>(10, (item) => {
      told.push(item);
      expiry.delete(item);
    });
  });
  afterEach(() => vi.useRealTimers());

  it('tells each item when its time is up, oldest first, with one timer', () => {
    expiry.add(a);
    vi.advanceTimersByTime(4000);
    expiry.add(b);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(5999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([a]);
    vi.advanceTimersByTime(4000);
    expect(told).toEqual([a, b]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives an item that is added anew its whole time again', () => {
    expiry.add(a);
    vi.advanceTimersByTime(9000);
    expiry.delete(a);
    expiry.add(a);
    vi.advanceTimersByTime(9999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([a]);
  });

  it('tells an item again that was neither deleted nor added anew, without holding up the process', () => {
    let times = 0;
    const stubborn = new Expiry<Item>(0, (item) => {
      if (++times === 3) stubborn.delete(item);
    });
    stubborn.add(a);
    vi.advanceTimersByTime(10);
    expect(times).toBe(3);
  });

  it('leaves no timer behind when it is empty', () => {
    expiry.add(a);
    expiry.delete(a);
    expect(vi.getTimerCount()).toBe(0);
  });
});
