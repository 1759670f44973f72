import { crc32 } from 'node:zlib';

/** Bytes before the records of a frame: their length and a checksum, both as unsigned 32-bit little-endian numbers. */
export const FRAME_HEADER = 8;

/** Bytes of the longest frame that is read. A longer length can only be damage. */
const LONGEST_FRAME = 256 * 1024 * 1024;

/** Writes the header of a frame. */
export function frameHeaderOf(records: Buffer, checksum: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER);
  header.writeUInt32LE(records.length, 0);
  header.writeUInt32LE(checksum, 4);
  return header;
}

/**
 * The checksum of a frame: the CRC-32 of all records of the segment up to the end of the frame. So a frame is valid in one
 * place only: a repeated, moved or missing frame is found like a changed bit.
 *
 * @param previous the checksum of the frame before, or `firstChecksum`
 */
export function checksumOf(records: Buffer, previous: number): number {
  return crc32(records, previous);
}

/** The value of `previous` for the first frame of segment `index`. */
export function firstChecksum(index: number): number {
  return index % 2 ** 32;
}

/** The bytes of the whole frame with this header. `undefined`: the header can only be damage. */
export function frameLength(header: Buffer): number | undefined {
  const length = header.readUInt32LE(0);
  // Without this check, a zeroed block of a disk could pass as empty frames.
  return length === 0 || length > LONGEST_FRAME ? undefined : FRAME_HEADER + length;
}
