import { inspect } from 'node:util';
import { escapeUnsafe } from '../text/escape.js';

/** A log call's content as winston hands it on: the message, and its fields beside it. */
export type Entry = Record<string, unknown> & { level: string; message: unknown };

// Nest calls fatal, warn, debug and verbose; operators configure and read the original's five.
const LEVEL_NAMES = new Map([
  ['fatal', 'critical'],
  ['warn', 'warning'],
  ['verbose', 'debug'],
]);

/** Characters of one text in a line. A name may have 64 KiB, and to escape that many characters takes 35 ms. */
const LONGEST = 4096;

const PLAIN = /^[^\s"=\p{C}]+$/u;

/**
 * The original's line, `[2026-11-23 20:50:01,123] [recodex-monitor] [INFO] message`, then ` key=value` for each field.
 * Only a stack trace has further lines, and those are indented: nothing from outside can forge an entry.
 */
export function textLine(entry: Entry, time: Date): string {
  const { level, message, context, trace, fields } = parts(entry);
  const pairs = Object.entries({ ...fields, context })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${word(key)}=${word(value)}`);
  const head = `[${asctime(time)}] [recodex-monitor] [${level.toUpperCase()}] ${escapeUnsafe(message)}${pairs.join('')}`;
  return [head, ...trace.map((line) => `    ${escapeUnsafe(line)}`)].join('\n');
}

/** One JSON object on one line: time (ISO 8601, UTC), level, message, context, the fields, and a stack if there is one. */
export function jsonLine(entry: Entry, time: Date): string {
  const { level, message, context, trace, fields } = parts(entry);
  const stack = trace.length > 0 ? trace.join('\n') : undefined;
  // What the line itself says stands first and wins over a field of the same name.
  const own = { time: time.toISOString(), level, message, context, stack };
  return escapeUnsafe(toJson({ ...own, ...fields, ...own }));
}

function parts(entry: Entry) {
  const { level, message, context, stack, error, ...others } = entry;
  // nest-winston gives the stack as a list whose only element may be missing.
  const traces = [stack].flat().filter((each) => typeof each === 'string');
  const trace = traces.flatMap((each) => each.split(/\r\n|[\n\r\u2028\u2029]/));
  // An Error's stack begins with what the error itself would say.
  const fields =
    error === undefined || (error instanceof Error && trace.length > 0) ? others : { ...others, error };
  const text = message === undefined ? '' : typeof message === 'string' ? message : plain(message);
  return { level: LEVEL_NAMES.get(level) ?? level, message: text, context, trace, fields };
}

/** Python's asctime: local time, milliseconds after a comma. */
function asctime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock},${String(time.getMilliseconds()).padStart(3, '0')}`;
}

function word(value: unknown): string {
  const text = cut(plain(value));
  return PLAIN.test(text) ? text : escapeUnsafe(JSON.stringify(text));
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return describe(value);
  return typeof value === 'object' && value !== null ? toJson(value) : String(value);
}

/** Total: what JSON can't hold is described instead, because a log call must never throw. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === 'bigint') return String(inner);
      if (typeof inner === 'string') return cut(inner);
      return inner instanceof Error ? describe(inner) : inner;
    });
  } catch {
    return JSON.stringify({ unprintable: inspect(value, { depth: 2 }) });
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text;
}

function describe(error: Error): string {
  return `${error.name}: ${error.message}`;
}
