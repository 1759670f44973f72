import { createReadStream } from 'node:fs';
import { errorText } from '../../text/error-text.js';
import { CannotVerifyError } from './cannot-verify-error.js';
import { parseLink } from './chain-link.js';
import type { CheckedStream } from './findings.js';
import { parseRecordedLine, type RecordedLine } from './recorded-line.js';
import { StreamCheck } from './stream-check.js';
import { JOB_PREFIX } from './verify-job.js';
import { malformed } from './watched-item.js';

/** Streams of all files. Each takes about a kilobyte. */
const MAX_STREAMS = 200_000;
/** Characters of a line. */
const MAX_LINE = 1_048_576;
/** Lines without a channel that are kept until one of them names the job. */
const MAX_UNNAMED = 16;

/** Checks recorded NDJSON files. Rejects with a `CannotVerifyError` if a file can't be read or has no message. */
export async function checkRecordings(paths: readonly string[]): Promise<CheckedStream[]> {
  const streams: CheckedStream[] = [];
  for (const path of paths) {
    const recording = new RecordedStreams(path, MAX_STREAMS - streams.length);
    for await (const line of linesOf(path)) recording.add(line);
    const found = recording.end();
    if (found.every(({ check }) => check.messages === 0))
      throw new CannotVerifyError(`${path} contains no message: expected NDJSON of --record or of an export`);
    for (const stream of found) streams.push(stream);
  }
  return streams;
}

/** The streams of one file, told apart by channel and watcher. */
class RecordedStreams {
  private readonly streams = new Map<string, CheckedStream>();
  private unnamed: RecordedLine[] = [];
  /** The channel of lines that name none. */
  private channel: string | undefined;

  constructor(
    private readonly path: string,
    private readonly max: number,
  ) {}

  add(text: string): void {
    const line = parseRecordedLine(text) ?? { item: malformed(text) };
    const channel = line.channel ?? this.channel;
    if (channel !== undefined) return this.addTo(channel, line);
    // The first messages of a job have no task id, so they don't name the channel.
    this.unnamed.push(line);
    const named = parseLink(line.item.task_id ?? '')?.channel;
    if (named !== undefined || this.unnamed.length > MAX_UNNAMED) this.name(named ?? '');
  }

  end(): CheckedStream[] {
    this.name('');
    return [...this.streams.values()];
  }

  private name(channel: string): void {
    this.channel ??= channel;
    for (const line of this.unnamed) this.addTo(this.channel, line);
    this.unnamed = [];
  }

  private addTo(channel: string, { watcher = '', received, item }: RecordedLine): void {
    const key = JSON.stringify([channel, watcher]);
    let stream = this.streams.get(key);
    if (!stream) {
      if (this.streams.size >= this.max)
        throw new CannotVerifyError(
          `expected at most ${MAX_STREAMS} streams in all files, ${this.path} has more`,
        );
      const check = new StreamCheck(channel, channel.startsWith(JOB_PREFIX));
      stream = { group: watcher.replace(/-\d+$/, '') || this.path, check };
      this.streams.set(key, stream);
    }
    stream.check.add(item, received);
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      number += lines.length;
      if (rest.length > MAX_LINE)
        throw new Error(`line ${number + 1} is longer than ${MAX_LINE} characters: the file is no NDJSON`);
      for (const line of lines) if (line.trim() !== '') yield line;
    }
  } catch (error) {
    throw new CannotVerifyError(`cannot read ${path}: ${errorText(error)}`);
  }
  if (rest.trim() !== '') yield rest;
}
