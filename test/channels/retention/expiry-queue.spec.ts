import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExpiryQueue, type ExpiringItem } from '../../../src/channels/retention/expiry-queue.js';

class Item implements ExpiringItem<Item> {
  older: Item | undefined;
  newer: Item | undefined;
  since = 0;
}

describe('ExpiryQueue', () => {
  let told: Item[];
  let expiry: ExpiryQueue<Item>;
  const a = new Item();
  const b = new Item();

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    expiry = new ExpiryQueue<Item>(10, (item) => {
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

  it('gives an item that is added again its whole time', () => {
    expiry.add(a);
    vi.advanceTimersByTime(9000);
    expiry.delete(a);
    expiry.add(a);
    vi.advanceTimersByTime(9999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([a]);
  });

  it('tells an item again that was neither deleted nor added again, without holding up the process', () => {
    let times = 0;
    const stubborn = new ExpiryQueue<Item>(0, (item) => {
      if (++times === 3) stubborn.delete(item);
    });
    stubborn.add(a);
    vi.advanceTimersByTime(10);
    expect(times).toBe(3);
  });

  it('waits a moment for the input when the process was paused for longer than the time of an item', () => {
    expiry.add(a);
    vi.spyOn(performance, 'now').mockReturnValue(3_600_000);
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([]);
    expiry.refresh(a);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
    vi.spyOn(performance, 'now').mockReturnValue(3_611_000);
    vi.advanceTimersByTime(20_000);
    expect(told).toEqual([a]);
    vi.restoreAllMocks();
  });

  it('leaves no timer behind when it is empty', () => {
    expiry.add(a);
    expiry.delete(a);
    expect(vi.getTimerCount()).toBe(0);
  });
});
