import { crc32 } from 'node:zlib';

/** Bytes before the records of a frame: their length and their CRC-32, both as unsigned 32-bit little-endian numbers. */
export const FRAME_HEADER = 8;

/** Bytes of the longest frame that is read. A longer length can only be damage. */
const LONGEST_FRAME = 256 * 1024 * 1024;

/** Writes the header of a frame. */
export function frameHeaderOf(records: Buffer): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER);
  header.writeUInt32LE(records.length, 0);
  header.writeUInt32LE(crc32(records), 4);
  return header;
}

/** The records of the frame at `at`. `undefined`: the frame is incomplete or damaged. */
export function readFrame(bytes: Buffer, at: number): Buffer | undefined {
  if (at + FRAME_HEADER > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const start = at + FRAME_HEADER;
  // An empty frame has the CRC-32 0: zeroed blocks of a disk must not pass as frames.
  if (length === 0 || length > LONGEST_FRAME || start + length > bytes.length) return undefined;
  const records = bytes.subarray(start, start + length);
  return crc32(records) === bytes.readUInt32LE(at + 4) ? records : undefined;
}
