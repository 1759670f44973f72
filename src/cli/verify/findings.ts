import { ADVICE, type FaultKind } from './advice.js';
import type { Occurrences } from './occurrences.js';
import type { StreamCheck } from './stream-check.js';

/** A stream with what was seen of it. */
export interface CheckedStream {
  /** The protocol, or the file that the stream was recorded in. */
  readonly group: string;
  readonly check: StreamCheck;
  /** Why the stream never opened. `undefined`: it opened, or nobody tried. */
  readonly refused?: string | undefined;
}

/** One kind of fault in one group of streams. */
export interface Finding {
  readonly kind: FaultKind;
  readonly group: string;
  /** The number of streams that have the fault. */
  readonly streams: number;
  /** What is wrong, in the stream where it is worst. */
  readonly text: string;
  /** What to do. */
  readonly advice: string;
}

/** What counts as a fault. */
export interface FaultLimits {
  /** Restarts of the monitor are expected: lost connections, resets, and what the broker dropped meanwhile are no faults. */
  readonly tolerant: boolean;
  /** Milliseconds that the first message and half of all messages may take. */
  readonly maxLatency: number;
}

interface Fault {
  readonly kind: FaultKind;
  readonly text: string;
  /** How bad it is, compared with the same fault in other streams. */
  readonly weight: number;
}

/** The faults of all streams, one finding for each kind and group. */
export function findFaults(streams: readonly CheckedStream[], limits: FaultLimits): Finding[] {
  const findings = new Map<string, { group: string; faults: Fault[] }>();
  for (const stream of streams) {
    for (const fault of faultsOf(stream, limits)) {
      const key = `${stream.group} ${fault.kind}`;
      const found = findings.get(key) ?? { group: stream.group, faults: [] };
      found.faults.push(fault);
      findings.set(key, found);
    }
  }
  return [...findings.values()].map(({ group, faults }) => {
    const { kind, text } = faults.reduce((worst, other) => (other.weight > worst.weight ? other : worst));
    return { kind, group, streams: faults.length, text, advice: ADVICE[kind](text) };
  });
}

function faultsOf({ check, refused }: CheckedStream, limits: FaultLimits): Fault[] {
  if (refused !== undefined) return [{ kind: 'refused', text: refused, weight: 1 }];
  if (check.messages === 0 && !check.isComplete)
    return [{ kind: 'silent', text: 'no message arrived', weight: 1 }];
  const interrupted = check.cuts.count > 0 || check.resets.count > 0;
  const excused = limits.tolerant && interrupted;
  const { lost, lostUpstream, repeated, late, foreign, altered, malformed, positions } = check;
  // A legacy stream does not tell where a message was lost.
  const lostBehind = positions.isUsed || !excused ? lost - lostUpstream : 0;
  return [
    ...counted('lost', lostBehind, 'is missing', 'are missing'),
    ...counted('lost-upstream', excused ? 0 : lostUpstream, 'is missing', 'are missing'),
    ...counted('repeated', repeated, 'came twice', 'came twice'),
    ...counted('order', late, 'came too late', 'came too late'),
    ...counted('foreign', foreign, 'belongs to another job', 'belong to other jobs'),
    ...counted('altered', altered, 'has other content than was sent', 'have other content than was sent'),
    ...counted('malformed', malformed, 'is no item of a stream', 'are no items of a stream'),
    ...counted(
      'unannounced',
      positions.unannounced,
      'begins a new log without a reset',
      'begin a new log without a reset',
    ),
    ...(limits.tolerant ? [] : [...repeatedText('reset', check.resets), ...repeatedText('cut', check.cuts)]),
    ...unfinished(check),
    ...(excused ? [] : slow(check, limits.maxLatency)),
  ];
}

function counted(kind: FaultKind, count: number, one: string, many: string): Fault[] {
  if (count === 0) return [];
  const text = count === 1 ? `1 message ${one}` : `${count} messages ${many}`;
  return [{ kind, text, weight: count }];
}

function repeatedText(kind: FaultKind, { count, texts }: Occurrences): Fault[] {
  const [first] = texts;
  if (first === undefined) return [];
  const text = count === 1 ? first : `${first} (${count} times)`;
  return [{ kind, text, weight: count }];
}

function unfinished({ isComplete, end }: StreamCheck): Fault[] {
  if (!isComplete) return [{ kind: 'unfinished', text: 'FINISHED did not arrive', weight: 1 }];
  if (end === undefined || end === 'finished') return [];
  return [{ kind: 'close', text: `the connection ended with "${end}"`, weight: 1 }];
}

function slow({ latencies }: StreamCheck, limit: number): Fault[] {
  const { first = 0, burst, count } = latencies;
  const half = latencies.percentile(0.5) ?? 0;
  const worst = Math.max(first, half);
  if (worst <= limit) return [];
  const subject = first >= half ? 'the first message' : 'half of the messages';
  const buffers = burst >= 3;
  const together = buffers ? `; ${burst} of ${count} arrived together` : '';
  return [
    {
      kind: buffers ? 'buffered' : 'slow',
      text: `${subject} took ${(worst / 1000).toFixed(1)} s${together}`,
      weight: worst,
    },
  ];
}
