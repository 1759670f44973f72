import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errorText } from '../text/error-text.js';
import { checksumOf, firstChecksum, FRAME_HEADER, frameLength } from './frame.js';
import { checkHeader, NewerJournalError, SEGMENT_HEADER } from './segment-header.js';
import type { SegmentFile } from './segment-names.js';

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
  /** `torn`: the process ended during the last write. `foreign`: the file is not a segment. */
  readonly state: 'good' | 'torn' | 'damaged' | 'foreign';
  /** The error for which a damaged segment could not be read further. */
  readonly reason?: string;
}

/** A file, or bytes in memory. */
export interface SegmentSource {
  readonly size: number;
  /** Reads into `buffer` from `position`. Returns the number of bytes; fewer only at the end. */
  read(buffer: Buffer, position: number): number;
}

/**
 * Calls `onFrame` with the records of each frame, which are valid during the call only. Stops at the first bad frame, and
 * at the first error of `onFrame` or of the disk. Throws `NewerJournalError` only.
 */
export function readSegment(
  source: SegmentSource,
  segment: SegmentFile,
  onFrame: (records: Buffer) => void,
): SegmentReport {
  const { size } = source;
  const window = new ReadWindow(source);
  let good = 0;
  const report = (state: SegmentReport['state']): SegmentReport => ({ bytes: size, good, state });
  try {
    const header = checkHeader(window.read(0, Math.min(SEGMENT_HEADER, size)), segment.path);
    if (header === 'incomplete') return report('torn');
    if (header === 'foreign') return report('foreign');
    good = SEGMENT_HEADER;
    let checksum = firstChecksum(segment.index);
    while (good < size) {
      const records = window.frame(good);
      if (!records) break;
      const next = checksumOf(records, checksum);
      if (next !== window.read(good, FRAME_HEADER).readUInt32LE(4)) break;
      onFrame(records);
      checksum = next;
      good += FRAME_HEADER + records.length;
    }
    if (good === size) return report('good');
    return report(isTorn(window, good) ? 'torn' : 'damaged');
  } catch (error) {
    if (error instanceof NewerJournalError) throw error;
    return { ...report('damaged'), reason: errorText(error) };
  }
}

/** Reads a file with `readSegment`. Throws `NewerJournalError`, and the error of a file that can't be opened. */
export function readSegmentFile(segment: SegmentFile, onFrame: (records: Buffer) => void): SegmentReport {
  const fd = openSync(segment.path, 'r');
  try {
    return readSegment(fileSource(fd), segment, onFrame);
  } finally {
    closeSync(fd);
  }
}

/** The bytes that an open file has now. */
export function fileSource(fd: number): SegmentSource {
  return {
    size: fstatSync(fd).size,
    read(buffer, position) {
      let total = 0;
      while (total < buffer.length) {
        const count = readSync(fd, buffer, total, buffer.length - total, position + total);
        if (count === 0) break;
        total += count;
      }
      return total;
    },
  };
}

/** A part of a source in memory, which moves forward. */
class ReadWindow {
  private buffer: Buffer;
  private start = 0;
  private length = 0;

  constructor(private readonly source: SegmentSource) {
    this.buffer = Buffer.allocUnsafe(Math.min(WINDOW, source.size));
  }

  get size(): number {
    return this.source.size;
  }

  /** At least `needed` bytes from `at`, until the next call. */
  read(at: number, needed: number): Buffer {
    if (at + needed > this.start + this.length) {
      if (needed > this.buffer.length) this.buffer = Buffer.allocUnsafe(needed);
      this.start = at;
      this.length = this.source.read(this.buffer, at);
      if (this.length < needed) throw new Error('The file has become shorter');
    }
    return this.buffer.subarray(at - this.start, this.length);
  }

  /** The records of the frame at `at`. `undefined`: they reach beyond the end, or their length is damaged. */
  frame(at: number): Buffer | undefined {
    if (at + FRAME_HEADER > this.size) return undefined;
    const length = frameLength(this.read(at, FRAME_HEADER));
    if (length === undefined || at + length > this.size) return undefined;
    return this.read(at, length).subarray(FRAME_HEADER, length);
  }
}

// An incomplete frame reaches beyond the end of the file. After a power loss it may have its length, but end with zeros in
// the place of its records, which never end with a zero.
function isTorn(window: ReadWindow, at: number): boolean {
  const rest = window.size - at;
  if (rest > LONGEST_TORN) return false;
  const tail = window.read(at, rest).subarray(0, rest);
  return rest < FRAME_HEADER || FRAME_HEADER + tail.readUInt32LE(0) > rest || tail.at(-1) === 0;
}
