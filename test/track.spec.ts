import { describe, expect, it } from 'vitest';
import { Track } from '../src/channels/track.js';

describe('Track', () => {
  it('gives a burst of 64 KiB in one piece, whatever was there before', () => {
    const track = new Track(1);
    for (let seq = 1; seq <= 640; seq++) track.append(line(seq));
    const { bytes, next } = track.read(1);
    expect(next).toBe(641);
    expect(bytes.toString('latin1')).toBe(Array.from({ length: 640 }, (_, i) => line(i + 1)).join(''));
  });

  it('leaves the bytes alone that were read before it grew', () => {
    const track = new Track(1);
    track.append(line(1));
    const { bytes } = track.read(1);
    for (let seq = 2; seq <= 2000; seq++) track.append(line(seq));
    track.trim();
    expect(bytes.toString('latin1')).toBe(line(1));
    expect(track.at(2).toString('latin1')).toBe(line(2));
  });

  it('keeps a message larger than a piece whole, and goes on behind it', () => {
    const track = new Track(1);
    const large = 'x'.repeat(200_000);
    for (const text of [line(1), large, line(3)]) track.append(text);
    const read = [1, 2, 3].map((seq) => track.at(seq).toString('latin1'));
    expect(read).toEqual([line(1), large, line(3)]);
    expect(track.bytes).toBe(200_200);
  });
});

function line(seq: number): string {
  return `${seq}`.padStart(100, '.');
}
