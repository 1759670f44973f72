import { escapeUnsafe } from '../../text/escape.js';
import { findFaults, type CheckedStream, type FaultLimits, type Finding } from './findings.js';
import { StreamLatencies } from './stream-latencies.js';

/** The figures of the streams of one protocol. StreamLatencies are in milliseconds; null without a latency. */
interface GroupFigures {
  readonly streams: number;
  readonly messages: number;
  readonly lost: number;
  readonly repeated: number;
  readonly late: number;
  readonly foreign: number;
  readonly resets: number;
  readonly cuts: number;
  readonly latency_ms: Readonly<Record<'first' | 'p50' | 'p99' | 'max', number | null>>;
}

const COLUMNS = ['', 'streams', 'messages', 'lost', 'repeated', 'late', 'foreign', 'resets', 'cuts'] as const;
const LATENCY_COLUMNS = ['first', 'p50', 'p99', 'max'] as const;

/** The result of `verify`. */
export class VerifyReport {
  readonly findings: readonly Finding[];
  private readonly groups = new Map<string, GroupFigures>();

  constructor(
    private readonly streams: readonly CheckedStream[],
    limits: FaultLimits,
  ) {
    this.findings = findFaults(streams, limits);
    for (const group of new Set(streams.map((stream) => stream.group)))
      this.groups.set(group, figuresOf(streams.filter((stream) => stream.group === group)));
  }

  get ok(): boolean {
    return this.findings.length === 0;
  }

  json(): string {
    const findings = this.findings.map(({ kind, group, streams, text, advice }) => ({
      kind,
      group,
      streams,
      text,
      advice,
    }));
    return `${JSON.stringify({ ok: this.ok, groups: Object.fromEntries(this.groups), findings }, null, 2)}\n`;
  }

  text(): string {
    const rows = [
      [...COLUMNS, ...LATENCY_COLUMNS],
      ...[...this.groups].map(([name, figures]) => rowOf(name, figures)),
    ];
    return [...alignColumns(rows), '', ...this.resultLines(), ''].join('\n');
  }

  private resultLines(): string[] {
    const { length } = this.streams;
    if (this.ok) return [`OK: each message arrived exactly once and in order, in all of ${length} streams.`];
    return [
      `FAILED: ${this.findings.length} ${this.findings.length === 1 ? 'problem' : 'problems'}.`,
      ...this.findings.flatMap(({ group, streams, text, advice }) => {
        const total = this.groups.get(group)!.streams;
        return [`- ${group} (${streams} of ${total} streams): ${escapeUnsafe(text)}`, `    ${advice}`];
      }),
    ];
  }
}

function figuresOf(streams: readonly CheckedStream[]): GroupFigures {
  const sum = (count: (stream: CheckedStream) => number): number =>
    streams.reduce((total, stream) => total + count(stream), 0);
  const latencies = new StreamLatencies();
  for (const { check } of streams) latencies.merge(check.latencies);
  return {
    streams: streams.length,
    messages: sum(({ check }) => check.messages),
    lost: sum(({ check }) => check.lost),
    repeated: sum(({ check }) => check.repeated),
    late: sum(({ check }) => check.late),
    foreign: sum(({ check }) => check.foreign),
    resets: sum(({ check }) => check.resets.count),
    cuts: sum(({ check }) => check.cuts.count),
    latency_ms: {
      first: rounded(latencies.first),
      p50: rounded(latencies.percentile(0.5)),
      p99: rounded(latencies.percentile(0.99)),
      max: rounded(latencies.percentile(1)),
    },
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}

function rowOf(name: string, figures: GroupFigures): string[] {
  const { latency_ms, ...counts } = figures;
  return [
    escapeUnsafe(name),
    ...Object.values(counts).map(String),
    ...LATENCY_COLUMNS.map((column) => durationText(latency_ms[column])),
  ];
}

function durationText(ms: number | null): string {
  if (ms === null) return '-';
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** The first column is aligned to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
}
