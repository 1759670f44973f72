import { describe, expect, it } from 'vitest';
import { FRAME_HEADER } from '../../src/journal/frame.js';
import { NewerJournalError, SEGMENT_HEADER } from '../../src/journal/segment-header.js';
import { readSegment, type SegmentReport, type SegmentSource } from '../../src/journal/segment-reader.js';
import { segmentOf, sourceOf } from '../fixtures/journal/memory-disk.js';

const MIB = 1024 * 1024;
const FRAMES = ['one', 'two', 'three'].map((text) => Buffer.from(text));

describe('a segment', () => {
  it('gives the records of each frame in order', () => {
    const { frames, report } = read(segmentOf(7, ...FRAMES));
    expect(frames).toEqual(['one', 'two', 'three']);
    expect(report).toMatchObject({ state: 'good', good: report.bytes });
  });

  it('without frames is good', () => {
    expect(read(segmentOf(7)).report).toEqual({ state: 'good', bytes: SEGMENT_HEADER, good: SEGMENT_HEADER });
  });

  it.each([
    ['at the end of the window', 4 * MIB - SEGMENT_HEADER - FRAME_HEADER],
    ['that end one byte after the window', 4 * MIB - SEGMENT_HEADER - FRAME_HEADER + 1],
    ['that leave half a header in the window', 4 * MIB - SEGMENT_HEADER - FRAME_HEADER - 4],
    ['longer than the window', 9 * MIB],
  ])('is read across windows, with frames %s', (_name, length) => {
    const large = Buffer.alloc(length, 'x');
    const small = Buffer.from('small');
    const bytes = segmentOf(1, large, small, large, small);
    const lengths: number[] = [];
    const report = readSegment(sourceOf(bytes), { index: 1, path: '' }, (records) => {
      lengths.push(records.length);
      expect(records.equals(records.length === length ? large : small)).toBe(true);
    });
    expect(report.state).toBe('good');
    expect(lengths).toEqual([length, 5, length, 5]);
  });

  it('gives whole frames only, wherever it is cut', () => {
    const bytes = segmentOf(7, ...FRAMES);
    const ends = [SEGMENT_HEADER];
    for (const { length } of FRAMES) ends.push(ends.at(-1)! + FRAME_HEADER + length);
    for (let length = 0; length < bytes.length; length++) {
      const { frames, report } = read(bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length - 1;
      expect(frames).toHaveLength(Math.max(0, whole));
      expect(report.state).toBe(ends.includes(length) ? 'good' : 'torn');
      expect(report.good).toBe(whole < 0 ? 0 : ends[whole]);
    }
  });

  it('stops at each changed bit', () => {
    const bytes = segmentOf(7, ...FRAMES);
    for (let bit = SEGMENT_HEADER * 8; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const { frames, report } = read(damaged);
      expect(['one', 'two', 'three'].slice(0, frames.length)).toEqual(frames);
      expect(report.state).not.toBe('good');
    }
  });

  it.each([
    ['repeated', ['one', 'one', 'two']],
    ['missing', ['two', 'three']],
    ['exchanged', ['two', 'one', 'three']],
  ])('stops at a frame that is %s', (_name, order) => {
    const frames = new Map<string, Buffer>();
    let start = SEGMENT_HEADER;
    const bytes = segmentOf(7, ...FRAMES);
    for (const frame of FRAMES) {
      const end = start + FRAME_HEADER + frame.length;
      frames.set(frame.toString(), bytes.subarray(start, end));
      start = end;
    }
    const moved = Buffer.concat([
      bytes.subarray(0, SEGMENT_HEADER),
      ...order.map((name) => frames.get(name)!),
    ]);
    expect(read(moved).frames).toEqual(order[0] === 'one' ? ['one'] : []);
  });

  it('under the index of another segment gives nothing', () => {
    expect(read(segmentOf(7, ...FRAMES), 8).frames).toEqual([]);
  });

  it('is torn after zeros that a power loss has left, and damaged by zeros within', () => {
    const bytes = segmentOf(7, ...FRAMES);
    expect(read(Buffer.concat([bytes, Buffer.alloc(4096)])).report.state).toBe('torn');
    const within = Buffer.concat([segmentOf(7, FRAMES[0]!), Buffer.alloc(64), bytes]);
    expect(read(within)).toMatchObject({ frames: ['one'], report: { state: 'damaged' } });
  });

  it('is damaged by an incomplete frame longer than any write', () => {
    const bytes = segmentOf(7, FRAMES[0]!, Buffer.alloc(5 * MIB, 'x'));
    expect(read(bytes.subarray(0, -1))).toMatchObject({ frames: ['one'], report: { state: 'damaged' } });
  });

  it('of another program is foreign', () => {
    for (const text of ['', 'r', 'recodex-journal'])
      expect(read(Buffer.from(text)).report.state).toBe('torn');
    for (const text of ['x', 'recodex-xournal\n\u0001\0\0\0', '\0'.repeat(100)])
      expect(read(Buffer.from(text)).report).toMatchObject({ state: 'foreign', good: 0 });
    const versionZero = segmentOf(7, ...FRAMES);
    versionZero.writeUInt32LE(0, SEGMENT_HEADER - 4);
    expect(read(versionZero).report.state).toBe('foreign');
  });

  it('of a newer version is refused, and the error says what to do', () => {
    const newer = segmentOf(7);
    newer.writeUInt32LE(2, SEGMENT_HEADER - 4);
    expect(() => read(newer)).toThrow(NewerJournalError);
    expect(() => read(newer)).toThrow(/journal-7 has version 2 .* start the newer monitor, or move the file/);
  });

  it('is damaged where the disk or the visitor throws', () => {
    const bytes = segmentOf(7, ...FRAMES);
    const broken: SegmentSource = {
      size: bytes.length,
      read() {
        throw new Error('EIO: i/o error, read');
      },
    };
    expect(readSegment(broken, { index: 7, path: '' }, () => {})).toMatchObject({
      state: 'damaged',
      reason: 'EIO: i/o error, read',
    });
    const seen: string[] = [];
    const report = readSegment(sourceOf(bytes), { index: 7, path: '' }, (records) => {
      if (records.toString() === 'two') throw new RangeError('Unknown record 99');
      seen.push(records.toString());
    });
    expect(seen).toEqual(['one']);
    expect(report).toMatchObject({ state: 'damaged', reason: 'Unknown record 99' });
    expect(report.good).toBe(SEGMENT_HEADER + FRAME_HEADER + 3);
  });

  it('is damaged when it becomes shorter while it is read', () => {
    const bytes = segmentOf(7, ...FRAMES);
    const shorter = sourceOf(bytes.subarray(0, 30));
    const source = { ...shorter, size: bytes.length };
    const report = readSegment(source, { index: 7, path: '' }, () => {});
    expect(report).toMatchObject({ state: 'damaged', reason: 'The file has become shorter' });
  });
});

function read(bytes: Buffer, index = 7): { frames: string[]; report: SegmentReport } {
  const frames: string[] = [];
  const report = readSegment(sourceOf(bytes), { index, path: `journal-${index}` }, (records) =>
    frames.push(records.toString()),
  );
  return { frames, report };
}
