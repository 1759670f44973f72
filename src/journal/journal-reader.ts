import { readRecords, type RecordVisitor } from '../records/records.js';
import { segmentsIn, type SegmentFile } from './segment-names.js';
import { readSegmentFile, type SegmentReport } from './segment-reader.js';

/** One segment of a journal that was read. */
export interface ReadSegment extends SegmentFile, SegmentReport {
  /** The segment is damaged, or is not a segment. */
  readonly isDamaged: boolean;
}

/**
 * Reads all segments of a folder, oldest first. Throws `NewerJournalError`, and errors of the file system. Damage is no
 * error: the records before it are read.
 *
 * @param visitorOf creates the visitor for the records of one segment
 */
export function readJournal(
  folder: string,
  visitorOf: (segment: SegmentFile) => RecordVisitor,
): ReadSegment[] {
  return segmentsIn(folder).map((segment) => {
    const visitor = visitorOf(segment);
    const report = readSegmentFile(segment, (records) => readRecords(records, visitor));
    return { ...segment, ...report, isDamaged: report.state === 'damaged' || report.state === 'foreign' };
  });
}
