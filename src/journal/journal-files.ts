import { closeSync, openSync } from 'node:fs';
import { errorText } from '../text/error-text.js';
import { journalUser } from './journal-lock.js';
import { LogFacts } from './log-facts.js';
import { LogVersions } from './log-versions.js';
import { readRecords, type RecordVisitor } from '../records/records.js';
import { segmentsIn, type SegmentFile } from './segment-names.js';
import { fileSource, readSegment, type SegmentReport, type SegmentSource } from './segment-reader.js';

/** Attempts to open all segments, while a monitor may remove some of them. */
const MAX_ATTEMPTS = 10;

/** A segment that was read. */
export interface SegmentFacts extends SegmentFile, SegmentReport {
  /** The segment contains every channel. */
  readonly isComplete: boolean;
  /** Its process ended gracefully. */
  readonly isClosed: boolean;
}

interface OpenSegment extends SegmentFile {
  readonly fd: number;
  readonly source: SegmentSource;
}

/** The files of a journal for reading, as they are when they are opened. A monitor may write the journal meanwhile. */
export class JournalFiles {
  private constructor(
    private readonly segments: readonly OpenSegment[],
    /** The pid of the monitor that uses the journal. */
    readonly user: number | undefined,
  ) {}

  /** Throws an error for the operator when there is no journal in the folder. */
  static open(folder: string): JournalFiles {
    for (let attempt = 1; ; attempt++) {
      const files = listSegments(folder);
      if (files.length === 0)
        throw new Error(
          `There is no journal in ${folder}: expected files such as journal-00000001. Give the folder that journal.path names in the configuration of the monitor`,
        );
      const segments = openAll(files, attempt < MAX_ATTEMPTS);
      if (segments) return new JournalFiles(segments, journalUser(folder));
    }
  }

  /**
   * Reads all records, one segment after the other. Throws `NewerJournalError` only.
   *
   * @param visitorOf creates the visitor for the records of one segment
   */
  *read(visitorOf: (segment: SegmentFile) => RecordVisitor): Generator<SegmentFacts> {
    for (const { index, path, source } of this.segments) {
      const visitor = visitorOf({ index, path });
      let isComplete = false;
      let isClosed = false;
      const marked: RecordVisitor = {
        ...visitor,
        complete() {
          isComplete = true;
          visitor.complete();
        },
        closed() {
          isClosed = true;
          visitor.closed();
        },
      };
      const report = readSegment(source, { index, path }, (records) => readRecords(records, marked));
      yield { index, path, ...report, isComplete, isClosed };
    }
  }

  /** The facts of all segments, and of all logs that a start of the monitor would find. */
  facts(): { segments: SegmentFacts[]; logs: LogFacts[] } {
    let index = 0;
    const versions = new LogVersions((record, ref) => new LogFacts(record, index, ref));
    const segments = [
      ...this.read((segment) => {
        index = segment.index;
        return versions.segment();
      }),
    ];
    return {
      segments,
      logs: [...versions.logs()].map(({ log }) => log).filter(({ messages }) => messages > 0),
    };
  }

  close(): void {
    for (const { fd } of this.segments) closeSync(fd);
  }
}

function listSegments(folder: string): SegmentFile[] {
  try {
    return segmentsIn(folder);
  } catch (error) {
    throw new Error(`The journal can't be read: ${errorText(error)}`, { cause: error });
  }
}

/** `undefined`: a file is gone, because a new segment has replaced it. */
function openAll(files: readonly SegmentFile[], retry: boolean): OpenSegment[] | undefined {
  const segments: OpenSegment[] = [];
  try {
    for (const file of files) {
      const fd = openSync(file.path, 'r');
      segments.push({ ...file, fd, source: fileSource(fd) });
    }
    return segments;
  } catch (error) {
    for (const { fd } of segments) closeSync(fd);
    if (retry && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The journal can't be read: ${errorText(error)}`, { cause: error });
  }
}
