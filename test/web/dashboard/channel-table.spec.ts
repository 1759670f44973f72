import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextOrder, STATES, type SortColumn } from '../../../web/dashboard/channel-order.js';
import type { ListedChannel } from '../../../web/dashboard/channel-row.js';
import { ChannelTable, MAX_ROWS } from '../../../web/dashboard/channel-table.js';
import { channelOf } from '../../fixtures/web/admin-data.js';

let table: ChannelTable;

beforeEach(() => {
  vi.useFakeTimers();
  table = new ChannelTable();
});

afterEach(() => void vi.useRealTimers());

function apply(channels: readonly ListedChannel[], change = {}): void {
  const batch = {
    reset: false,
    channels,
    removed: [],
    matching: table.size + channels.length,
    complete: true,
  };
  table.apply({ ...batch, ...change });
}

function ids(): string[] {
  return table.view().map(({ id }) => id);
}

function at(second: number): Partial<ListedChannel> {
  return { updated_at: new Date(second * 1000).toISOString() };
}

describe('the list', () => {
  test('shows the first chunks at once, and is loaded with the last one', () => {
    apply([channelOf('a')], { reset: true, complete: false, matching: 2 });
    expect([ids(), table.loaded, table.isPartial]).toEqual([['a'], false, false]);
    apply([channelOf('b')], { matching: 2 });
    expect([ids(), table.loaded, table.isPartial]).toEqual([['a', 'b'], true, false]);
  });

  test('keeps its rows until the new list is complete', () => {
    apply([channelOf('old')], { reset: true });
    apply([channelOf('a')], { reset: true, complete: false });
    expect(ids()).toEqual(['old']);
    apply([channelOf('b')]);
    expect(ids()).toEqual(['a', 'b']);
  });

  test('has an id that was removed and is in use again', () => {
    apply([channelOf('a'), channelOf('b')], { reset: true });
    apply([channelOf('a', { attempt: 2 })], { removed: ['a', 'b'], matching: 1 });
    expect(table.view()).toMatchObject([{ id: 'a', attempt: 2 }]);
  });

  test('is bounded: the longest unchanged rows leave', () => {
    const channels = Array.from({ length: MAX_ROWS }, (_, index) => channelOf(`c${index}`));
    apply(channels, { reset: true });
    apply([channelOf('c0')]);
    apply([channelOf('new')], { matching: MAX_ROWS + 1 });
    expect([table.size, table.isPartial]).toEqual([MAX_ROWS, true]);
    expect([table.get('c0') !== undefined, table.get('c1'), table.get('new') !== undefined]).toEqual([
      true,
      undefined,
      true,
    ]);
  });
});

describe('the filter', () => {
  beforeEach(() => {
    const states = ['running', 'failed', 'running'] as const;
    apply(
      ['a1', 'a2', 'b1'].map((id, index) => channelOf(id, { state: states[index]! })),
      { reset: true },
    );
  });

  test('selects by the beginning of the id and by state', () => {
    table.setFilter({ prefix: 'a', state: undefined });
    expect(ids()).toEqual(['a1', 'a2']);
    table.setFilter({ prefix: 'a', state: 'failed' });
    expect(ids()).toEqual(['a2']);
  });

  test('counts the states of the channels with the prefix', () => {
    table.setFilter({ prefix: 'a', state: 'failed' });
    expect(table.counts()).toEqual({ all: 2, running: 1, failed: 1, waiting: 0, aborted: 0, finished: 0 });
  });
});

describe('the order', () => {
  beforeEach(() => {
    apply(
      [
        channelOf('b', { state: 'failed', messages: 5, subscribers: 1, ...at(10) }),
        channelOf('a', { state: 'running', messages: 5, attempt: 3, ...at(20) }),
        channelOf('c', { state: 'waiting', messages: 0, updated_at: null, subscribers: 1 }),
      ],
      { reset: true },
    );
  });

  test.each<[SortColumn, string, string]>([
    ['id', 'abc', 'cba'],
    ['state', 'acb', 'bca'],
    ['attempt', 'bca', 'abc'],
    ['tasks', 'abc', 'abc'],
    ['messages', 'cab', 'abc'],
    ['subscribers', 'abc', 'bca'],
    ['age', 'abc', 'cba'],
  ])('by %s is %s, descending %s; equal rows are in the order of their ids', (column, up, down) => {
    table.setOrder({ column, descending: false });
    expect(ids().join('')).toBe(up);
    table.setOrder({ column, descending: true });
    expect(ids().join('')).toBe(down);
  });

  test('of a new column of numbers starts with the largest; a second click turns it', () => {
    const byMessages = nextOrder({ column: 'id', descending: false }, 'messages');
    expect(byMessages).toEqual({ column: 'messages', descending: true });
    expect(nextOrder(byMessages, 'messages')).toEqual({ column: 'messages', descending: false });
    expect(nextOrder(byMessages, 'age')).toEqual({ column: 'age', descending: false });
  });

  test('knows every state', () => expect(STATES).toHaveLength(5));

  test('is kept while the table is in use: new values in old places, new rows at the end', () => {
    expect(ids()).toEqual(['a', 'b', 'c']);
    table.hold();
    apply([channelOf('b', { messages: 9, ...at(30) }), channelOf('d', at(40))], { removed: ['c'] });
    expect(table.view()).toMatchObject([{ id: 'a' }, { id: 'b', messages: 9 }, { id: 'd' }]);
    table.release();
    expect(ids()).toEqual(['d', 'b', 'a']);
  });

  test('is not kept for a pointer that rests', () => {
    expect(ids()).toEqual(['a', 'b', 'c']);
    table.hold();
    vi.advanceTimersByTime(5001);
    apply([channelOf('b', at(30))]);
    expect(ids()).toEqual(['b', 'a', 'c']);
  });
});
