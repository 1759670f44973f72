import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExpiringConnections } from '../../src/gateway/expiring-connections.js';

const START = 1_000_000;
let expired: string[];
let connections: ExpiringConnections<{ name: string }>;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  expired = [];
  connections = new ExpiringConnections((connection) => {
    expired.push(connection.name);
    connections.remove(connection);
  });
});

afterEach(() => vi.useRealTimers());

describe('expiring connections', () => {
  it('are reported within a second after their time, not before', () => {
    connections.add({ name: 'late' }, START + 5000);
    connections.add({ name: 'soon' }, START + 1500);
    vi.advanceTimersByTime(1400);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(expired).toEqual(['soon']);
    vi.advanceTimersByTime(3000);
    expect(expired).toEqual(['soon', 'late']);
  });

  it('are not reported after they were removed', () => {
    const connection = { name: 'gone' };
    connections.add(connection, START + 1000);
    connections.remove(connection);
    connections.remove(connection);
    vi.advanceTimersByTime(5000);
    expect(expired).toEqual([]);
  });

  it('share one timer, which runs only while there are some', () => {
    const all = Array.from({ length: 100 }, (_, index) => ({ name: String(index) }));
    for (const connection of all) connections.add(connection, START + 60_000);
    expect(vi.getTimerCount()).toBe(1);
    for (const connection of all) connections.remove(connection);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are reported when the clock is set forward', () => {
    connections.add({ name: 'a' }, START + 3_600_000);
    vi.setSystemTime(START + 7_200_000);
    vi.advanceTimersByTime(1000);
    expect(expired).toEqual(['a']);
  });
});
