import { describe, expect, it } from 'vitest';
import { indexOfSegment, LARGEST_SEGMENT, Segment } from '../../src/channels/segment.js';

describe('a segment', () => {
  it('has room for messages up to the largest size', () => {
    const segment = new Segment(1, 4);
    expect(segment.hasRoom(LARGEST_SEGMENT)).toBe(true);
    expect(segment.hasRoom(LARGEST_SEGMENT + 1)).toBe(false);
    segment.append('abcd');
    expect(segment.hasRoom(LARGEST_SEGMENT - 4)).toBe(true);
    expect(segment.hasRoom(LARGEST_SEGMENT - 3)).toBe(false);
  });

  it('doubles its buffer when it is full, and takes more for a larger message', () => {
    const segment = new Segment(1, 4);
    segment.append('abcd');
    expect(capacity(segment)).toBe(4);
    segment.append('e');
    expect(capacity(segment)).toBe(8);
    segment.append('f'.repeat(20));
    expect(capacity(segment)).toBe(25);
    expect(segment.from(1).toString()).toBe(`abcde${'f'.repeat(20)}`);
    expect([segment.endSeq, segment.size(2), segment.size(3)]).toEqual([4, 1, 20]);
  });

  it('does the same for messages that come together', () => {
    const segment = new Segment(1, 4);
    segment.appendAll(Buffer.from('abcd'), [2, 4]);
    expect(capacity(segment)).toBe(4);
    segment.appendAll(Buffer.from('e'), [1]);
    expect(capacity(segment)).toBe(8);
    expect(segment.from(2).toString()).toBe('cde');
    expect([segment.endSeq, segment.size(1), segment.size(3)]).toEqual([4, 2, 1]);
  });

  it('never grows beyond the largest size', () => {
    const segment = new Segment(1, LARGEST_SEGMENT - 1);
    segment.append('x'.repeat(LARGEST_SEGMENT - 1));
    segment.append('y');
    expect(capacity(segment)).toBe(LARGEST_SEGMENT);
  });
});

it('a message is found in the last segment that starts at or before it', () => {
  for (let count = 0; count < 6; count++) {
    const segments = Array.from({ length: count }, (_, i) => new Segment(10 * i + 5, 1));
    for (let seq = 0; seq < 80; seq++)
      expect(indexOfSegment(segments, seq)).toBe(segments.findLastIndex(({ startSeq }) => startSeq <= seq));
  }
});

/** Bytes of the buffer of a segment. */
function capacity(segment: Segment): number {
  return segment.from(segment.startSeq).buffer.byteLength;
}
