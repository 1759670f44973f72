import { beforeEach, describe, expect, it } from 'vitest';
import { EncodingCache } from '../../src/channels/encoding-cache.js';
import { Log } from '../../src/channels/log.js';
import type { Encoder } from '../../src/messages/encoder.js';
import { legacyFrames } from '../../src/messages/legacy-frames.js';

const COUNT = 5000;

let encoded: number;
let log: Log;

const encoder: Encoder = {
  encode: ({ seq, time, message }) => {
    encoded++;
    return `${seq} ${time} ${message.command}\n`;
  },
};

beforeEach(() => {
  encoded = 0;
  log = fill(new EncodingCache({ encoded_bytes: 100_000_000 }));
});

describe('a log in a second encoding', () => {
  it('encodes nothing before a client reads, and then only what is read', () => {
    expect(encoded).toBe(0);
    log.read(encoder, COUNT);
    expect(encoded).toBeLessThan(COUNT / 3);
  });

  it('reads every message once, in order, in pieces below 64 KiB, from any message on', () => {
    for (const from of [COUNT, 4000, 1, 2500, 2499, 17]) expect(seqs(from)).toEqual(range(from, COUNT));
  });

  it('encodes each message once for all readers', () => {
    for (let i = 0; i < 3; i++) seqs(1);
    expect(encoded).toBeLessThan(COUNT * 1.01);
  });

  it('is not cut into small pieces by readers at many places', () => {
    for (let from = COUNT; from > 0; from -= 7) log.read(encoder, from);
    expect(pieces(1)).toBeLessThan(40);
  });

  it('continues with new messages, in the same buffer for all readers with the same cursor', () => {
    seqs(1);
    append(COUNT + 1);
    const { bytes, endSeq } = log.read(encoder, COUNT + 1);
    expect(bytes.toString()).toBe(`${COUNT + 1} 7 x\n`);
    expect(endSeq).toBe(COUNT + 2);
    expect(log.read(encoder, COUNT + 1).bytes).toBe(bytes);
    expect(log.read(encoder, 1).bytes).toBe(log.read(encoder, 1).bytes);
  });

  it('decodes nothing to encode the newest message', () => {
    let decoded = 0;
    const storedEncoder = {
      ...legacyFrames,
      decode: (bytes: Buffer, start: number, end: number) => {
        decoded++;
        return legacyFrames.decode(bytes, start, end);
      },
    };
    log = fill(new EncodingCache({ encoded_bytes: 100_000_000 }), storedEncoder);
    seqs(1);
    decoded = 0;
    append(COUNT + 1);
    log.read(encoder, COUNT + 1);
    expect(decoded).toBe(0);
  });

  it('reads the same when the cache keeps nothing', () => {
    log = fill(new EncodingCache({ encoded_bytes: 0 }));
    expect(seqs(1)).toEqual(range(1, COUNT));
  });

  it('is trimmed with the log', () => {
    const encodings = new EncodingCache({ encoded_bytes: 100_000_000 });
    const limits = { channel_messages: 1000, channel_bytes: 100_000_000 };
    log = new Log(FIRST, {
      limits,
      encodings,
      storedEncoder: legacyFrames,
      authority: { isFollowing: false },
    });
    for (let seq = 1; seq <= 20_000; seq++) {
      append(seq);
      log.read(encoder, seq);
    }
    expect(seqs(log.startSeq)).toEqual(range(19_001, 20_000));
    expect(encodings.bytes).toBeLessThan(200_000);
    log.removeEncodings();
    expect(encodings.bytes).toBe(0);
  });

  it('wraps the messages of a piece', () => {
    const wrapping = { ...encoder, wrap: (bytes: Buffer) => Buffer.concat([Buffer.from('['), bytes]) };
    const { bytes } = log.read(wrapping, COUNT);
    expect(bytes.toString()).toBe(`[${COUNT} 7 x\n`);
    expect(log.read(wrapping, COUNT).bytes).toBe(bytes);
  });
});

const FIRST = { channelId: 'j', epoch: 'e', seq: 1 };

function fill(encodings: EncodingCache, storedEncoder = legacyFrames): Log {
  const limits = { channel_messages: 100_000, channel_bytes: 100_000_000 };
  log = new Log(FIRST, { limits, encodings, storedEncoder, authority: { isFollowing: false } });
  for (let seq = 1; seq <= COUNT; seq++) append(seq);
  return log;
}

function append(seq: number): void {
  const message = { command: seq >= COUNT ? 'x' : 'y'.repeat((seq % 90) + 14) };
  log.append({ channelId: 'j', epoch: 'e', seq, time: 7, message }, { beforeTrim: () => {} });
}

function seqs(from: number): number[] {
  const found: number[] = [];
  while (from < log.endSeq) {
    const { bytes, endSeq } = log.read(encoder, from);
    expect(bytes.length).toBeLessThan(64 * 1024);
    for (const line of bytes.toString().split('\n').slice(0, -1)) found.push(Number.parseInt(line));
    from = endSeq;
  }
  return found;
}

function pieces(from: number): number {
  let count = 0;
  for (; from < log.endSeq; count++) from = log.read(encoder, from).endSeq;
  return count;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
