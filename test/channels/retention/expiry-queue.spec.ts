import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExpiryQueue, type ExpiringItem } from '../../../src/channels/retention/expiry-queue.js';

class Item implements ExpiringItem<Item> {
  older: Item | undefined;
  newer: Item | undefined;
  since = 0;
}

describe('ExpiryQueue', () => {
  let expired: Item[];
  let queue: ExpiryQueue<Item>;
  let seconds: number;
  const a = new Item();
  const b = new Item();

  beforeEach(() => {
    vi.useFakeTimers();
    expired = [];
    seconds = 10;
    queue = new ExpiryQueue<Item>(
      () => seconds,
      (item) => {
        expired.push(item);
        queue.delete(item);
      },
    );
  });
  afterEach(() => vi.useRealTimers());

  it('reports each item when its time is over, oldest first, with one timer', () => {
    queue.add(a);
    vi.advanceTimersByTime(4000);
    queue.add(b);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(5999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([a]);
    vi.advanceTimersByTime(4000);
    expect(expired).toEqual([a, b]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts the age of an item that was added late', () => {
    queue.add(a, 4000);
    vi.advanceTimersByTime(5999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([a]);
  });

  it('reports the others when an item is deleted', () => {
    queue.add(a);
    queue.add(b);
    queue.delete(a);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(expired).toEqual([b]);
  });

  it('restarts the time of an item that is refreshed, which then comes last', () => {
    queue.add(a);
    vi.advanceTimersByTime(1000);
    queue.add(b);
    vi.advanceTimersByTime(1000);
    queue.refresh(a);
    vi.advanceTimersByTime(1000);
    queue.refresh(a);
    expect(queue.newest).toBe(a);
    vi.advanceTimersByTime(8000);
    expect(expired).toEqual([b]);
    vi.advanceTimersByTime(2000);
    expect(expired).toEqual([b, a]);
  });

  it('takes a shorter time into account within a minute', () => {
    seconds = 3600;
    queue.add(a);
    seconds = 5;
    vi.advanceTimersByTime(59_999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([a]);
  });

  it('takes a shorter time into account at once when it is told', () => {
    seconds = 3600;
    queue.add(a);
    vi.advanceTimersByTime(10_000);
    queue.add(b);
    seconds = 5;
    queue.reschedule();
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([a]);
    vi.advanceTimersByTime(5000);
    expect(expired).toEqual([a, b]);
    queue.reschedule();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps an item for a longer time that is set meanwhile', () => {
    queue.add(a);
    seconds = 20;
    vi.advanceTimersByTime(19_999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([a]);
  });

  it('restarts the time of an item that is added again', () => {
    queue.add(a);
    vi.advanceTimersByTime(9000);
    queue.delete(a);
    queue.add(a);
    vi.advanceTimersByTime(9999);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual([a]);
  });

  it('reports an item again until it is deleted, without blocking the process', () => {
    let times = 0;
    const stubborn = new ExpiryQueue<Item>(
      () => 0,
      (item) => {
        if (++times === 3) stubborn.delete(item);
      },
    );
    stubborn.add(a);
    vi.advanceTimersByTime(10);
    expect(times).toBe(3);
  });

  it('waits for input after a pause of the process', () => {
    queue.add(a);
    vi.spyOn(performance, 'now').mockReturnValue(3_600_000);
    vi.advanceTimersByTime(10_000);
    expect(expired).toEqual([]);
    queue.refresh(a);
    vi.advanceTimersByTime(1000);
    expect(expired).toEqual([]);
    vi.spyOn(performance, 'now').mockReturnValue(3_611_000);
    vi.advanceTimersByTime(20_000);
    expect(expired).toEqual([a]);
    vi.restoreAllMocks();
  });

  it('has no timer when it is empty', () => {
    queue.add(a);
    queue.delete(a);
    expect(vi.getTimerCount()).toBe(0);
  });
});
