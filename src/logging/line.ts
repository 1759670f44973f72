import { inspect } from 'node:util';
import { escapeUnsafe } from '../text/escape.js';

/** A log record as winston passes it: the message and its fields. */
export type LogRecord = Record<string, unknown> & { level: string; message: unknown };

// Nest's level names, mapped to the five level names of the original.
const LEVEL_NAMES = new Map([
  ['fatal', 'critical'],
  ['warn', 'warning'],
  ['verbose', 'debug'],
]);

/** Characters of one text in a line. A task name may have 64 KiB, and escaping it takes 35 ms. */
const MAX_TEXT = 4096;

const UNQUOTED = /^[^\s"=\p{C}]+$/u;

/**
 * Formats a record as the original does, `[2026-11-23 20:50:01,123] [recodex-monitor] [INFO] message`, followed by
 * ` key=value` for each field. Only a stack trace adds lines, which are indented: outside input can't forge a record.
 */
export function textLine(record: LogRecord, time: Date): string {
  const { level, message, context, trace, fields } = partsOf(record);
  const pairs = Object.entries({ ...fields, context })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${formatWord(key)}=${formatWord(value)}`);
  const head = `[${asctime(time)}] [recodex-monitor] [${level.toUpperCase()}] ${escapeUnsafe(message)}${pairs.join('')}`;
  return [head, ...trace.map((line) => `    ${escapeUnsafe(line)}`)].join('\n');
}

/** Formats a record as one line of JSON: time (ISO 8601, UTC), level, message, context, fields, and a stack, if any. */
export function jsonLine(record: LogRecord, time: Date): string {
  const { level, message, context, trace, fields } = partsOf(record);
  const stack = trace.length > 0 ? trace.join('\n') : undefined;
  // These properties come first and override fields of the same name.
  const own = { time: time.toISOString(), level, message, context, stack };
  return escapeUnsafe(toJson({ ...own, ...fields, ...own }));
}

/** Splits a record into its text, its fields and the lines of its stack. */
export function partsOf(record: LogRecord) {
  const { level, message, context, stack, error, ...others } = record;
  // nest-winston passes the stack as a list with one element, which may be undefined.
  const traces = [stack].flat().filter((each) => typeof each === 'string');
  const trace = traces.flatMap((each) => each.split(/\r\n|[\n\r\u2028\u2029]/));
  // The stack of an Error already starts with its name and message.
  const fields =
    error === undefined || (error instanceof Error && trace.length > 0) ? others : { ...others, error };
  const text = message === undefined ? '' : typeof message === 'string' ? message : formatPlain(message);
  return { level: LEVEL_NAMES.get(level) ?? level, message: text, context, trace, fields };
}

/** Formats a time as Python's asctime: local time, a comma and milliseconds. */
function asctime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock},${String(time.getMilliseconds()).padStart(3, '0')}`;
}

function formatWord(value: unknown): string {
  const text = truncate(formatPlain(value));
  return UNQUOTED.test(text) ? text : escapeUnsafe(JSON.stringify(text));
}

/** Formats any value as text. Never throws. */
export function formatPlain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return describeError(value);
  return typeof value === 'object' && value !== null ? toJson(value) : String(value);
}

/** Never throws: describes a value that JSON can't represent. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === 'bigint') return String(inner);
      if (typeof inner === 'string') return truncate(inner);
      return inner instanceof Error ? describeError(inner) : inner;
    });
  } catch {
    return JSON.stringify({ unprintable: inspect(value, { depth: 2 }) });
  }
}

function truncate(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
}

function describeError(error: Error): string {
  return `${error.name}: ${error.message}`;
}
