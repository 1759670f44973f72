import type { ProducerStamp } from '../channels/producers.js';
import type { EntriesRecord, LogStartRecord, RecordVisitor } from '../records/records.js';

/** A log that is made from the records of a journal. */
export interface RecordedLog {
  /** The number of the next message. */
  readonly endSeq: number;
  /**
   * Adds messages.
   *
   * @param summarizedTo the summary contains the messages before this number already
   */
  restore(bytes: Buffer, times: readonly number[], summarizedTo: number): void;
  /** Makes the summary again from the messages of the log. */
  summarizeAgain(): void;
}

/** A copy of a log in one segment. */
interface LogVersion<L> {
  readonly log: L;
  /** The number up to which the messages must follow; see `LogStartRecord.endSeq`. */
  readonly endSeq: number;
  readonly summarizedTo: number;
  /** By the id of the producer. Those of the newest requests come last. */
  readonly producers: Map<string, ProducerStamp>;
  /** The version before, until this one has all its messages. */
  earlier: LogVersion<L> | undefined;
}

/** Finds for each channel the newest complete version of its log in the segments of a journal. */
export class LogVersions<L extends RecordedLog> {
  private closed = false;
  private readonly newest = new Map<string, LogVersion<L>>();

  /** @param create creates an empty log */
  constructor(private readonly create: (record: LogStartRecord, ref: number) => L) {}

  /** Whether nothing is missing: the last segment contains every channel, and its process ended gracefully. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** A visitor for the records of the next segment. */
  segment(): RecordVisitor {
    this.closed = false;
    let complete = false;
    const byRef = new Map<number, LogVersion<L>>();
    return {
      log: (ref, record) => void byRef.set(ref, this.start(record, ref)),
      entries: (ref, record) => append(byRef.get(ref), record),
      producers: (ref, stamps) => remember(byRef.get(ref), stamps),
      removed: (id) => void this.newest.delete(id),
      complete: () => {
        complete = true;
        this.keepOnly(new Set(byRef.values()));
      },
      closed: () => void (this.closed = complete),
    };
  }

  /** The newest complete version of each log; else the newest one, with the messages that it has. */
  *logs(): Generator<{ readonly log: L; readonly producers: Iterable<ProducerStamp> }> {
    for (const newest of this.newest.values()) {
      const { log, producers } = restoredVersion(newest);
      yield { log, producers: producers.values() };
    }
  }

  private start(record: LogStartRecord, ref: number): LogVersion<L> {
    const { id, endSeq, snapshot } = record;
    const log = this.create(record, ref);
    const earlier = this.newest.get(id);
    const summarizedTo = snapshot ? endSeq : 0;
    const version = { log, endSeq, summarizedTo, producers: new Map<string, ProducerStamp>(), earlier };
    this.newest.set(id, version);
    return version;
  }

  /** The segment contains every channel: others were removed while it was written. */
  private keepOnly(known: ReadonlySet<LogVersion<L>>): void {
    for (const [id, version] of this.newest) if (!known.has(version)) this.newest.delete(id);
  }
}

function append<L extends RecordedLog>(
  version: LogVersion<L> | undefined,
  { seq, times, bytes }: EntriesRecord,
): void {
  if (!version || seq !== version.log.endSeq) return;
  version.log.restore(bytes, times, version.summarizedTo);
  if (version.log.endSeq >= version.endSeq) version.earlier = undefined;
}

function remember<L>(version: LogVersion<L> | undefined, stamps: readonly ProducerStamp[]): void {
  for (const stamp of stamps) {
    version?.producers.delete(stamp.id);
    version?.producers.set(stamp.id, stamp);
  }
}

function restoredVersion<L extends RecordedLog>(newest: LogVersion<L>): LogVersion<L> {
  for (let version: LogVersion<L> | undefined = newest; version; version = version.earlier)
    if (version.log.endSeq >= version.endSeq) return version;
  newest.log.summarizeAgain();
  return newest;
}
