import { formatPlain, partsOf, type LogRecord } from './line.js';

/** A warning or an error of the log. */
export interface RecentWarning {
  /** When it was logged last, in milliseconds since 1970. */
  readonly time: number;
  readonly level: 'warning' | 'error' | 'critical';
  readonly message: string;
  /** The fields of the last log line, with `context`. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** How often it was logged since the start, as long as this list has it. */
  readonly count: number;
}

/** Different warnings that are kept. A new warning replaces the one that was logged longest ago. */
const CAPACITY = 100;

/** Characters of a text and of a stack trace that are kept. */
const TEXT_LENGTH = 500;
const STACK_LENGTH = 4000;

/** The newest warnings and errors of the log. Warnings with the same level, text and context count as equal. */
export class RecentWarnings {
  /** Warnings and errors since the start. */
  total = 0;
  /** In the order of their last log line. */
  private readonly warnings = new Map<string, RecentWarning>();

  /** Adds a record of the level warning or above. */
  add(record: LogRecord, time: Date): void {
    const { level, message, context, trace, fields } = partsOf(record);
    this.total++;
    const text = message.slice(0, TEXT_LENGTH);
    const key = JSON.stringify([level, text, context]);
    const count = (this.warnings.get(key)?.count ?? 0) + 1;
    const stack = trace.length > 0 ? { stack: trace.join('\n').slice(0, STACK_LENGTH) } : undefined;
    this.warnings.delete(key);
    this.warnings.set(key, {
      time: time.getTime(),
      level: level as RecentWarning['level'],
      message: text,
      fields: { ...plainFields({ ...fields, context }), ...stack },
      count,
    });
    if (this.warnings.size <= CAPACITY) return;
    const [oldest] = this.warnings.keys();
    this.warnings.delete(oldest!);
  }

  /** The warnings, the newest first. */
  list(): RecentWarning[] {
    return [...this.warnings.values()].toReversed();
  }
}

function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, plain(value)]));
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return formatPlain(value).slice(0, TEXT_LENGTH);
}
