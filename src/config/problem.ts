import { distance } from 'fastest-levenshtein';
import { escapeUnsafe } from '../text/escape.js';
import { type Warning, warningLine } from './warning.js';

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** The key, or the place, it is about; empty for the whole file. */
  key: string;
  expected: string;
  /** What was found, as it may be shown: quoted, short, secrets hidden. */
  got?: string;
  /** The file's name, the variable's name, or `the default`. */
  source: string;
}

const MAX_SHOWN = 80;

/** The configuration can't be used; the message lists every problem and warning, a line each, and is meant for stderr. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly origin: string,
    readonly problems: readonly Problem[],
    warnings: readonly Warning[] = [],
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const lines = [...problems.map((problem) => line(problem, origin)), ...warnings.map(warningLine)];
    super([`${origin}: ${count}`, ...lines.map((each) => `  ${each}`)].join('\n'));
  }
}

/** A value from the outside, on one line and without control characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : toJson(value);
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return escapeUnsafe(short);
}

/** A key from the outside: as it is when it is harmless, else quoted. */
export function shownKey(key: string): string {
  return /^[\w.-]{1,80}$/.test(key) ? key : shown(key);
}

/** The known name that was most likely meant, or undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, far: farness(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  return ranked && ranked.far <= Math.max(2, wanted.length / 3) ? ranked.candidate : undefined;
}

// A key that stands in the wrong group, or at the root, is as good as a slip of the pen.
function farness(wanted: string, candidate: string): number {
  return Math.min(distance(wanted, candidate), 1 + distance(lastStep(wanted), lastStep(candidate)));
}

function lastStep(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function line({ key, expected, got, source }: Problem, origin: string): string {
  const where = source === origin || source === key ? '' : ` (${source})`;
  return `${key && `${key}: `}expected ${expected}${got === undefined ? '' : `, got ${got}`}${where}`;
}

// YAML can build a list that holds itself.
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
