/** Warnings about input. The daemon limits their rate. */
const EXPECTED_WARNINGS = [
  'A peer on zeromq_uri does not speak ZMTP',
  'A trusted proxy sent no header of the PROXY protocol',
  'An address has reached its limit',
  'Evicted a channel to stay within limits.channels and limits.total_bytes',
  'Refused a peer on zeromq_uri',
  'Refused a request because of its token',
  'Refused requests to the admin listener',
  'Refused to publish messages',
  'Rejected a message from the broker',
  'Rejected messages of a sender above zeromq.quotas',
  'Too many connections: dropping more',
];

const RECORD = /^\[[^\]]+\] \[recodex-monitor\] \[(?<level>[A-Z]+)\] (?<text>.*)$/;

/**
 * The lines of a log that no input may cause: errors, warnings that are not about the input, and lines that are no
 * records, such as stacks and warnings of Node.js.
 *
 * @param expected beginnings of further errors and warnings that the input may cause
 */
export function unexpectedLines(log: string, expected: readonly string[] = []): string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  return lines.filter((line) => {
    const { level, text } = RECORD.exec(line)?.groups ?? {};
    if (text !== undefined && expected.some((start) => text.startsWith(start))) return false;
    if (level === 'WARNING') return !EXPECTED_WARNINGS.some((start) => text?.startsWith(start));
    return level !== 'INFO' && level !== 'DEBUG';
  });
}
