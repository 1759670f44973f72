import { beforeEach, describe, expect, it } from 'vitest';
import { EncodingCache } from '../../src/channels/encoding-cache.js';
import { Log, type Encoder } from '../../src/channels/log.js';

const COUNT = 5000;

let encoded: number;
let log: Log;

const encoder: Encoder = {
  encode: (json, id, time) => {
    encoded++;
    return `${id.split('-')[1]} ${time} ${json}\n`;
  },
};

beforeEach(() => {
  encoded = 0;
  log = fill(100_000_000);
});

describe('a log in another encoding', () => {
  it('encodes nothing before somebody reads, and then only what is read', () => {
    expect(encoded).toBe(0);
    log.read(encoder, COUNT);
    expect(encoded).toBeLessThan(COUNT / 3);
  });

  it('gives every message once, in order, in pieces below 64 KiB, from wherever one reads', () => {
    for (const from of [COUNT, 4000, 1, 2500, 2499, 17]) expect(seqs(from)).toEqual(range(from, COUNT));
  });

  it('encodes each message once for all readers', () => {
    for (let i = 0; i < 3; i++) seqs(1);
    expect(encoded).toBeLessThan(COUNT * 1.01);
  });

  it('is not cut to small pieces by readers at many places', () => {
    for (let from = COUNT; from > 0; from -= 7) log.read(encoder, from);
    expect(pieces(1)).toBeLessThan(40);
  });

  it('goes on with new messages, and gives all who stand at the same place the same buffer', () => {
    seqs(1);
    append(COUNT + 1);
    const { bytes, next } = log.read(encoder, COUNT + 1);
    expect(bytes.toString()).toBe(`${COUNT + 1} 7 {"command": "x"}\n`);
    expect(next).toBe(COUNT + 2);
    expect(log.read(encoder, COUNT + 1).bytes).toBe(bytes);
    expect(log.read(encoder, 1).bytes).toBe(log.read(encoder, 1).bytes);
  });

  it('reads the same when the cache keeps nothing', () => {
    log = fill(0);
    expect(seqs(1)).toEqual(range(1, COUNT));
  });

  it('forgets what the log has trimmed', () => {
    const cache = new EncodingCache(100_000_000);
    log = new Log({ channel_messages: 1000, channel_bytes: 100_000_000 }, cache);
    for (let seq = 1; seq <= 20_000; seq++) {
      append(seq);
      log.read(encoder, log.next - 1);
    }
    expect(seqs(log.first)).toEqual(range(19_001, 20_000));
    expect(cache.bytes).toBeLessThan(200_000);
    log.dropEncodings();
    expect(cache.bytes).toBe(0);
  });

  it('wraps the messages of a piece', () => {
    const wrapping = { ...encoder, wrap: (bytes: Buffer) => Buffer.concat([Buffer.from('['), bytes]) };
    const { bytes } = log.read(wrapping, COUNT);
    expect(bytes.toString()).toBe(`[${COUNT} 7 {"command": "x"}\n`);
    expect(log.read(wrapping, COUNT).bytes).toBe(bytes);
  });
});

function fill(cacheBytes: number): Log {
  log = new Log({ channel_messages: 100_000, channel_bytes: 100_000_000 }, new EncodingCache(cacheBytes));
  for (let seq = 1; seq <= COUNT; seq++) append(seq);
  return log;
}

function append(seq: number): void {
  log.append(`{"command": "${seq >= COUNT ? 'x' : 'y'.repeat(seq % 90)}"}`, 7, {
    beforeTrim: () => {},
  });
}

function seqs(from: number): number[] {
  const found: number[] = [];
  while (from < log.next) {
    const { bytes, next } = log.read(encoder, from);
    expect(bytes.length).toBeLessThan(64 * 1024);
    for (const line of bytes.toString().split('\n').slice(0, -1)) found.push(Number.parseInt(line));
    from = next;
  }
  return found;
}

function pieces(from: number): number {
  let count = 0;
  for (; from < log.next; count++) from = log.read(encoder, from).next;
  return count;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
