/** The first bytes of each segment. */
const MAGIC = Buffer.from('recodex-journal\n');

/** The version of the format; see docs/adr/0029-journal-on-disk.md. */
export const JOURNAL_VERSION = 1;

/** Bytes of the header: the magic text and the version as an unsigned 32-bit little-endian number. */
export const SEGMENT_HEADER = MAGIC.length + 4;

/** A segment was written by a newer version of the monitor. */
export class NewerJournalError extends Error {
  constructor(file: string, version: number) {
    super(
      `${file} has version ${version} of the journal format, and this monitor reads versions up to ${JOURNAL_VERSION}: start the newer monitor, or move the file away`,
    );
  }
}

export function segmentHeader(): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER);
  MAGIC.copy(header);
  header.writeUInt32LE(JOURNAL_VERSION, MAGIC.length);
  return header;
}

/**
 * Checks the header of a segment. `incomplete`: the process ended while it wrote the header. `foreign`: the file is not
 * a segment. Throws `NewerJournalError`.
 */
export function checkHeader(bytes: Buffer, file: string): 'ok' | 'incomplete' | 'foreign' {
  const magic = bytes.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length))) return 'foreign';
  if (bytes.length < SEGMENT_HEADER) return 'incomplete';
  const version = bytes.readUInt32LE(MAGIC.length);
  if (version > JOURNAL_VERSION) throw new NewerJournalError(file, version);
  return version === 0 ? 'foreign' : 'ok';
}
