import { describe, expect, it } from 'vitest';
import { EncodedLog } from '../../src/channels/encoded-log.js';

describe('EncodedLog', () => {
  it('gives a burst of 64 KiB in one piece, whatever was there before', () => {
    const track = trackOf(640);
    const { bytes, next } = track.read(1);
    expect(next).toBe(641);
    expect(bytes.toString('latin1')).toBe(Array.from({ length: 640 }, (_, i) => line(i + 1)).join(''));
  });

  it('leaves the bytes alone that were read before it grew', () => {
    const track = trackOf(1);
    const { bytes } = track.read(1);
    for (let seq = 2; seq <= 2000; seq++) track.append(line(seq));
    track.trim(2);
    expect(bytes.toString('latin1')).toBe(line(1));
    expect(track.read(2).bytes.toString('latin1', 0, 100)).toBe(line(2));
  });

  it('keeps a message larger than a piece whole, and goes on behind it', () => {
    const track = new EncodedLog();
    const large = 'x'.repeat(200_000);
    for (const text of [line(1), large, line(3)]) track.append(text);
    const read = [1, 2, 3].map((seq) => track.read(seq).bytes.toString('latin1'));
    expect(read).toEqual([line(1), large, line(3)]);
    expect(track.bytes).toBe(200_200);
  });

  it.each([
    [10, 10_000, 991],
    [2000, 500, 996],
    [0, 100_000, 1001],
    [2000, 0, 1001],
    [2000, -1, 1001],
    [2000, 100_000, 1],
    [5, 500, 996],
  ])('says which messages stay within %i messages and %i bytes', (messages, bytes, first) => {
    const track = trackOf(1000);
    expect(track.firstWithin(messages, bytes)).toBe(first);
    track.trim(first);
    expect(track.first).toBe(first);
    expect(track.bytes).toBe((1001 - first) * 100);
    track.append(line(1001));
    expect(track.read(1001).bytes.toString('latin1')).toBe(line(1001));
  });
});

function trackOf(messages: number): EncodedLog {
  const track = new EncodedLog();
  for (let seq = 1; seq <= messages; seq++) track.append(line(seq));
  return track;
}

function line(seq: number): string {
  return `${seq}`.padStart(100, '.');
}
