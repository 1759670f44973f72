import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FRAME_HEADER, readFrame } from './frame.js';
import { checkHeader, SEGMENT_HEADER } from './segment-header.js';

/** Bytes that are read at once. A longer frame enlarges the buffer. */
const WINDOW = 4 * 1024 * 1024;

/** Bytes of a frame that a crash can leave incomplete at the end of the last segment. More can only be damage. */
const LONGEST_TORN = 2 * 1024 * 1024;

/** What was read of a segment. */
export interface SegmentReport {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Bytes of the header and of all frames before the first bad one. */
  readonly good: number;
  /**
   * `torn`: the process ended during the last write. `foreign`: the file is not a segment. After any state but `foreign`,
   * all records before the bad frame were read.
   */
  readonly state: 'good' | 'torn' | 'damaged' | 'foreign';
}

/** A file, or bytes in memory. */
export interface SegmentSource {
  readonly size: number;
  /** Reads into `buffer` from `position`. Returns the number of bytes; fewer only at the end. */
  read(buffer: Buffer, position: number): number;
}

/**
 * Calls `onFrame` with the records of each frame, which are valid during the call only. Stops at the first bad frame.
 * Throws `NewerJournalError`, and errors of the file system.
 */
export function readSegment(
  source: SegmentSource,
  name: string,
  onFrame: (records: Buffer) => void,
): SegmentReport {
  const { size } = source;
  let window: Buffer = Buffer.allocUnsafe(Math.min(WINDOW, size));
  let start = 0;
  let length = 0;
  const fill = (at: number, needed: number): Buffer => {
    if (at + needed > start + length || at < start) {
      if (needed > window.length) window = Buffer.allocUnsafe(needed);
      start = at;
      length = source.read(window, at);
    }
    return window.subarray(at - start, length);
  };
  const header = checkHeader(fill(0, Math.min(SEGMENT_HEADER, size)), name);
  if (header !== 'ok') return { bytes: size, good: 0, state: header === 'incomplete' ? 'torn' : 'foreign' };
  let at = SEGMENT_HEADER;
  while (at < size) {
    const records = frameAt(at);
    if (!records) break;
    onFrame(records);
    at += FRAME_HEADER + records.length;
  }
  const rest = size - at;
  return { bytes: size, good: at, state: rest === 0 ? 'good' : isTorn() ? 'torn' : 'damaged' };

  function frameAt(position: number): Buffer | undefined {
    if (position + FRAME_HEADER > size) return undefined;
    const needed = FRAME_HEADER + fill(position, FRAME_HEADER).readUInt32LE(0);
    if (position + needed > size) return undefined;
    return readFrame(fill(position, needed), 0);
  }

  // An incomplete frame reaches to the end of the file. After a power loss it may also be a block of zeros.
  function isTorn(): boolean {
    if (rest > LONGEST_TORN) return false;
    const tail = Buffer.from(fill(at, rest));
    if (tail.length < FRAME_HEADER || tail.every((byte) => byte === 0)) return true;
    return FRAME_HEADER + tail.readUInt32LE(0) >= rest;
  }
}

/** Reads a file with `readSegment`. */
export function readSegmentFile(path: string, onFrame: (records: Buffer) => void): SegmentReport {
  const fd = openSync(path, 'r');
  try {
    const read = (buffer: Buffer, position: number): number => {
      let total = 0;
      while (total < buffer.length) {
        const count = readSync(fd, buffer, total, buffer.length - total, position + total);
        if (count === 0) break;
        total += count;
      }
      return total;
    };
    return readSegment({ size: fstatSync(fd).size, read }, path, onFrame);
  } finally {
    closeSync(fd);
  }
}
