import { distance } from 'fastest-levenshtein';
import { escapeUnsafe } from '../text/escape.js';
import { type Warning, warningLine } from './warning.js';

/** One problem of the configuration. */
export interface Problem {
  /** The key, or the line and column of a YAML error. Empty for the whole file. */
  key: string;
  expected: string;
  /** The value that was found, safe to print: quoted, shortened, secrets hidden. */
  got?: string;
  /** The file, the environment variable, or `the default`. */
  source: string;
}

const MAX_SHOWN = 80;

/** The configuration is invalid. The message is for stderr: one line for each problem and warning. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly origin: string,
    readonly problems: readonly Problem[],
    readonly warnings: readonly Warning[] = [],
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const lines = [...problems.map((problem) => line(problem, origin)), ...warnings.map(warningLine)];
    super([`${origin}: ${count}`, ...lines.map((each) => `  ${each}`)].join('\n'));
  }
}

/** Formats a value from outside, safe to print on one line. */
export function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : toJson(value);
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return escapeUnsafe(short);
}

/** Formats a key from outside. Quotes it when it contains unusual characters. */
export function formatKey(key: string): string {
  return /^[\w.-]{1,80}$/.test(key) ? key : formatValue(key);
}

/** The known name that is most similar to a name, or undefined when none is similar enough. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, edits: nameDistance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0];
  return ranked && ranked.edits <= Math.max(2, wanted.length / 3) ? ranked.candidate : undefined;
}

// A key in the wrong group counts as one typing error, unless a third of its name differs.
function nameDistance(wanted: string, candidate: string): number {
  const last = lastStep(wanted);
  const inGroup = distance(last, lastStep(candidate));
  return Math.min(distance(wanted, candidate), inGroup <= last.length / 3 ? 1 + inGroup : Infinity);
}

function lastStep(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function line({ key, expected, got, source }: Problem, origin: string): string {
  const where = source === origin || source === key ? '' : ` (${source})`;
  return `${key && `${key}: `}expected ${expected}${got === undefined ? '' : `, got ${got}`}${where}`;
}

// With YAML anchors a list can contain itself, which JSON can't represent, or can stand for 10^9 values. Each value has at
// least one character, so the values after the first MAX_SHOWN are not shown.
function toJson(value: unknown): string {
  let values = 0;
  try {
    return (
      JSON.stringify(value, (_key, inner: unknown) => (++values > MAX_SHOWN ? null : inner)) ?? typeof value
    );
  } catch {
    return typeof value;
  }
}
