import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import { EntryReader } from '../../src/relay/entry-reader.js';
import { createChannelsService, sendTo } from '../fixtures/create-channels-service.js';
import { MemoryIngest, MemoryStream } from '../fixtures/redis/memory-stream.js';

/** Messages that a log keeps. */
const KEPT = 6;

let stream: MemoryStream;
let channels: ChannelsService;
let ingest: MemoryIngest;

beforeEach(() => {
  vi.useFakeTimers();
  stream = new MemoryStream();
  channels = createChannelsService({ channel_messages: KEPT });
  ingest = new MemoryIngest(channels, stream, 10).lead(1);
  vi.advanceTimersByTime(1);
});
afterEach(() => void vi.useRealTimers());

describe('while the queue has no room', () => {
  beforeEach(() => {
    ingest.isAway = true;
    sendTo(channels, 'x', 'a');
  });

  it('messages wait in their logs, and follow in order', () => {
    sendTo(channels, 'x', 'b');
    sendTo(channels, 'x', 'c');
    const { length } = stream.entries;
    ingest.back();
    expect(stream.entries.length).toBeGreaterThan(length);
    expect(commandsOf('x')).toEqual(['a', 'b', 'c']);
    expect(ingest.lost).toBe(0);
  });

  it('trimmed messages are lost', () => {
    sendTo(channels, 'x', ...Array.from({ length: KEPT + 3 }, (_, i) => String(i)));
    ingest.back();
    expect(commandsOf('x')).toEqual(['3', '4', '5', '6', '7', '8']);
    expect(ingest.lost).toBe(3);
  });

  it('trimmed messages count as lost when Redis comes back empty', () => {
    sendTo(channels, 'x', ...Array.from({ length: KEPT + 3 }, (_, i) => String(i)));
    ingest.isAway = false;
    ingest.acquire(2);
    vi.advanceTimersByTime(1);
    expect(ingest.lost).toBe(3);
  });

  it('the messages of a replaced log are lost', () => {
    sendTo(channels, 'x', 'b', 'FINISHED', 'c');
    ingest.back();
    expect(commandsOf('x')).toEqual(['c']);
    expect(ingest.lost).toBe(2);
  });

  it('the messages of a removed channel are lost', () => {
    sendTo(channels, 'x', 'b');
    channels.delete('x');
    ingest.back();
    expect(commandsOf('x')).toBeUndefined();
    expect(ingest.lost).toBe(1);
  });
});

describe('with room', () => {
  it('the end of a log is written although another one follows in the same turn', () => {
    const reader = follow();
    sendTo(channels, 'x', 'a', 'b', 'FINISHED', 'c');
    const ends: (number | undefined)[] = [];
    for (const entry of stream.after(reader.reader.position)) {
      reader.reader.accept(entry);
      ends.push(reader.channels.find('x')?.endSeq);
    }
    expect(ends).toContain(4);
    expect(ends.at(-1)).toBe(2);
  });

  it('a removal tells why', () => {
    const follower = follow();
    sendTo(channels, 'x', 'a');
    channels.delete('x');
    vi.advanceTimersByTime(1);
    const removed = vi.spyOn(follower.channels.followed, 'remove');
    for (const entry of stream.after(follower.reader.position)) follower.reader.accept(entry);
    expect(removed).toHaveBeenCalledWith('x', 'evicted');
  });

  it('another segment repeats every channel, and then replaces the earlier one', () => {
    sendTo(channels, 'x', 'a');
    sendTo(channels, 'y', 'b');
    ingest.rotate();
    const { length } = stream.entries;
    expect(length).toBeGreaterThan(2);
    vi.advanceTimersByTime(5);
    expect(stream.entries.length).toBeLessThan(length + 2);
    expect([commandsOf('x'), commandsOf('y')]).toEqual([['a'], ['b']]);
    expect(follow().reader.isWhole).toBe(true);
  });
});

/** A process that has read the whole stream. */
function follow() {
  const followers = createChannelsService({ channel_messages: KEPT });
  followers.follow();
  const reader = new EntryReader(followers);
  for (const entry of stream.after(reader.position)) reader.accept(entry);
  return { channels: followers, reader };
}

/** The commands of a channel, as another process shows them. */
function commandsOf(id: string): string[] | undefined {
  return follow()
    .channels.find(id)
    ?.newestEntries(100, 1e6)
    .map(({ message }) => message.command);
}
