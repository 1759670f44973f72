import { basename } from 'node:path';
import type { SegmentFacts } from '../journal/journal-files.js';
import type { LogFacts } from '../journal/log-facts.js';
import { escapeUnsafe } from '../text/escape.js';
import { textWidth, truncateMiddle } from './columns.js';

/** Columns of the longest channel id in a table. */
const ID_WIDTH = 60;

const GAP = '  ';

/** Makes a table of the channels, a table of the files, and a line with the sums. */
export function journalTables(
  logs: readonly LogFacts[],
  segments: readonly SegmentFacts[],
  now: number,
): string {
  const channels = logs.map((log) => [
    truncateMiddle(escapeUnsafe(log.id), ID_WIDTH),
    log.epoch,
    `${log.startSeq}`,
    `${log.endSeq - 1}`,
    `${log.messages}`,
    `${log.bytes}`,
    log.state,
    ageText(now - (log.updatedAt ?? now)),
  ]);
  const files = segments.map((segment) => [basename(segment.path), `${segment.bytes}`, describe(segment)]);
  const messages = logs.reduce((sum, log) => sum + log.messages, 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return [
    ...table(['CHANNEL', 'EPOCH', 'FIRST', 'LAST', 'MESSAGES', 'BYTES', 'STATE', 'AGE'], channels),
    '',
    ...table(['FILE', 'BYTES', 'CONTENT'], files),
    '',
    `${logs.length} channels, ${messages} messages, ${bytes} bytes on disk`,
    '',
  ].join('\n');
}

/** One JSON object per line: all channels, then all files. */
export function* journalJson(
  logs: readonly LogFacts[],
  segments: readonly SegmentFacts[],
): Generator<string> {
  for (const { id, epoch, startSeq, endSeq, messages, bytes, state, updatedAt } of logs) {
    const updated_at = updatedAt === null ? null : new Date(updatedAt).toISOString();
    yield `${JSON.stringify({ channel: id, epoch, first: startSeq, last: endSeq - 1, messages, bytes, state, updated_at })}\n`;
  }
  for (const { path, bytes, good, state, isComplete, isClosed, reason } of segments) {
    const facts = { bytes, used: good, state, complete: isComplete, closed: isClosed, reason };
    yield `${JSON.stringify({ file: basename(path), ...facts })}\n`;
  }
}

/** The result of checking one file, as a line. */
export function verifyLine(segment: SegmentFacts): string {
  return `${segment.path}: ${segment.bytes} bytes, ${describe(segment)}\n`;
}

/** Whether a file has damage that no crash explains. */
export function isDamaged({ state }: SegmentFacts): boolean {
  return state === 'damaged' || state === 'foreign';
}

function describe({ bytes, good, state, isComplete, isClosed, reason }: SegmentFacts): string {
  const content = `${isComplete ? 'every channel' : 'some channels'}${isClosed ? ', closed gracefully' : ''}`;
  switch (state) {
    case 'good':
      return content;
    case 'torn':
      return `${content}, the last write is incomplete (${bytes - good} bytes)`;
    case 'damaged':
      return `${content}, DAMAGED at offset ${good}${reason === undefined ? '' : ` (${reason})`}`;
    case 'foreign':
      return 'NOT A JOURNAL (offset 0)';
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name) => name.length);
  for (const row of rows)
    for (const [i, text] of row.entries()) widths[i] = Math.max(widths[i]!, textWidth(text));
  return [head, ...rows].map((row) =>
    row
      .map((text, i) => text + ' '.repeat(widths[i]! - textWidth(text)))
      .join(GAP)
      .trimEnd(),
  );
}

function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
