import type { JournalFiles } from '../journal/journal-files.js';
import type { RecordVisitor } from '../records/records.js';
import type { SegmentFile } from '../journal/segment-names.js';
import { storedEncoder } from '../messages/stored-encoder.js';
import { streamJson } from '../messages/stream-json.js';

/** A log while its messages are written. */
interface ExportedLog {
  readonly id: string;
  readonly epoch: string;
  seq: number;
}

/**
 * Writes the messages of a journal as NDJSON: each message as in a stream, with the id of its channel. Returns the number of
 * exported channels.
 *
 * @param channel the id of the only channel; `undefined`: all channels
 * @param write returns false when the output is closed
 */
export function exportJournal(
  files: JournalFiles,
  channel: string | undefined,
  write: (lines: string) => boolean,
): number {
  const logs = files.facts().logs.filter(({ id }) => channel === undefined || id === channel);
  let isOpen = true;
  const output = (lines: string): void => {
    isOpen &&= write(lines);
  };
  const reading = files.read(({ index }: SegmentFile) => {
    const refs = logs.filter(({ segment }) => segment === index).map(({ ref }) => ref);
    return exporter(new Set(refs), output);
  });
  while (isOpen && !reading.next().done);
  return logs.length;
}

/** Writes the messages of these logs of one segment. @param refs see `LogFacts.ref` */
function exporter(refs: ReadonlySet<number>, write: (lines: string) => void): RecordVisitor {
  const started = new Map<number, ExportedLog>();
  return {
    log(ref, { id, epoch, seq }) {
      if (refs.has(ref)) started.set(ref, { id, epoch, seq });
    },
    entries(ref, { seq, times, bytes }) {
      const log = started.get(ref);
      if (!log || log.seq !== seq) return;
      let lines = '';
      let start = 0;
      for (const time of times) {
        const end = storedEncoder.endOf(bytes, start);
        lines += line(log, time, bytes.subarray(start, end));
        log.seq++;
        start = end;
      }
      write(lines);
    },
    producers() {},
    removed() {},
    complete() {},
    closed() {},
  };
}

function line({ id, epoch, seq }: ExportedLog, time: number, bytes: Buffer): string {
  const message = storedEncoder.decode(bytes, 0, bytes.length);
  const json = streamJson({ channelId: id, epoch, seq, time, message });
  return `{"channel":${JSON.stringify(id)},${json.slice(1)}\n`;
}
