/** Warnings about input. The daemon limits their rate. */
const EXPECTED_WARNINGS = [
  'A peer on zeromq_uri does not speak ZMTP',
  'Evicted a channel to stay within limits.channels and limits.total_bytes',
  'Refused to publish messages',
  'Rejected a message from the broker',
  'Too many connections: dropping more',
];

const RECORD = /^\[[^\]]+\] \[recodex-monitor\] \[(?<level>[A-Z]+)\] (?<text>.*)$/;

/**
 * The lines of a log that no input may cause: errors, warnings that are not about the input, and lines that are no
 * records, such as stacks and warnings of Node.js.
 */
export function unexpectedLines(log: string): string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  return lines.filter((line) => {
    const { level, text } = RECORD.exec(line)?.groups ?? {};
    if (level === 'WARNING') return !EXPECTED_WARNINGS.some((expected) => text?.startsWith(expected));
    return level !== 'INFO' && level !== 'DEBUG';
  });
}
