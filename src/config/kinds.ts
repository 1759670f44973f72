import { z } from 'zod';
import { type Address, parseAddress } from './address.js';
import { parseOrigin } from './origin.js';

/** What an operator must know about a key. The reference, `print-config` and the text of a problem are made of it. */
export interface KeyDocs {
  type: string;
  expected: string;
  about: string;
  range?: string;
  unit?: string;
  /** Says more than the bare default value does. */
  defaultNote?: string;
  /** Its value is never printed. */
  secret?: boolean;
  /** A change takes effect without a restart. */
  reloadable: boolean;
}

/** Options of every key. */
interface KeyOptions {
  about: string;
  /** The value is read at the time of use, so a change takes effect without a restart. */
  reloadable?: true;
}

/** The documentation of each key's schema; a schema that is not in here is a group of keys. */
export const keyDocs = z.registry<KeyDocs>();

/** Node's timers overflow at 2^31 ms and would then fire at once. */
const MAX_SECONDS = 2_147_483;
const SHORTEST_SECONDS = 0.001;
const ADDRESS = 'a list of host and port, or a text such as "127.0.0.1:4567", with a port from 0 to 65535';

/** A whole number; a text of digits will do, as for the original. */
export function whole(key: KeyOptions & { min: number; max: number; unit: string; default: number }) {
  const range = `${key.min} to ${key.max}`;
  const expected = `a whole number from ${range}`;
  return z
    .preprocess(readNumber, z.int().min(key.min).max(key.max))
    .default(key.default)
    .register(keyDocs, { type: 'whole number', range, unit: key.unit, expected, ...documented(key) });
}

/** A duration in seconds, fractions allowed; only one that is `orZero` may be 0. */
export function seconds(key: KeyOptions & { default: number; orZero?: boolean }) {
  const min = key.orZero ? 0 : SHORTEST_SECONDS;
  const range = `${min} to ${MAX_SECONDS}`;
  const expected = `a number of seconds from ${range}`;
  const amount = z
    .number()
    .max(MAX_SECONDS)
    .refine((value) => value >= SHORTEST_SECONDS || (key.orZero === true && value === 0), {
      error: expected,
    });
  return z
    .preprocess(readNumber, amount)
    .default(key.default)
    .register(keyDocs, { type: 'number', range, unit: 'seconds', expected, ...documented(key) });
}

/** True or false, or one of the words that YAML has ever taken for them. */
export function flag(key: KeyOptions & { default: boolean }) {
  return z
    .preprocess(readFlag, z.boolean())
    .default(key.default)
    .register(keyDocs, { type: 'boolean', expected: 'true or false', ...documented(key) });
}

/** One of some words, in any letter case; a synonym stands for one of them. */
export function choice<const T extends string>(
  key: KeyOptions & {
    of: readonly T[];
    default: NoInfer<T>;
    synonyms?: Readonly<Record<string, NoInfer<T>>>;
  },
) {
  const expected = `one of ${key.of.join(', ')}`;
  const synonyms = new Map<string, string>(Object.entries(key.synonyms ?? {}));
  const read = (value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    const word = value.trim().toLowerCase();
    return synonyms.get(word) ?? word;
  };
  return z
    .preprocess(read, z.enum(key.of))
    .default(() => key.default)
    .register(keyDocs, { type: 'word', range: key.of.join(', '), expected, ...documented(key) });
}

/** Where to listen. */
export function address(key: KeyOptions & { default: Address }) {
  return z
    .unknown()
    .transform((value, context) => parseAddress(value) ?? refuse(context, ADDRESS))
    .default(key.default)
    .register(keyDocs, { type: 'address', expected: ADDRESS, ...documented(key) });
}

/** Where to listen, or null for nowhere. */
export function addressOrOff(key: KeyOptions & { default: Address }) {
  const expected = `${ADDRESS}, or off`;
  return z
    .unknown()
    .transform((value, context) => (isOff(value) ? null : (parseAddress(value) ?? refuse(context, expected))))
    .default(key.default)
    .register(keyDocs, { type: 'address or off', expected, ...documented(key) });
}

/** Origins of web sites (scheme, host, port), patterns for subdomains, or `*` for any. */
export function origins(key: KeyOptions) {
  const expected = 'a list of origins like https://recodex.example.org or https://*.example.org, or *';
  return z
    .unknown()
    .transform((value, context): string[] => {
      if (isOff(value)) return [];
      const items: unknown = typeof value === 'string' ? value.split(',') : value;
      const parsed = Array.isArray(items) ? items.map(parseOrigin) : [undefined];
      const known = parsed.filter((item) => item !== undefined);
      return known.length === parsed.length ? known : refuse(context, expected);
    })
    .default(() => [])
    .register(keyDocs, { type: 'list of origins', expected, ...documented(key) });
}

/** The path of a file, or null for none, which is the default. */
export function pathOrOff(key: KeyOptions & { defaultNote: string }) {
  const expected = 'the path of a file, or off';
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      const usable = typeof value === 'string' && value.trim() !== '' && !value.includes('\0');
      return usable ? value : refuse(context, expected);
    })
    .default(null)
    .register(keyDocs, { type: 'path or off', expected, ...documented(key), defaultNote: key.defaultNote });
}

/** A web address with `{id}` for the id of a job, or null for none, which is the default. */
export function resultsUrlOrOff(key: KeyOptions) {
  const expected = 'an http or https URL that contains {id}, or off';
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      return typeof value === 'string' && isResultsUrl(value) ? value : refuse(context, expected);
    })
    .default(null)
    .register(keyDocs, { type: 'URL or off', expected, ...documented(key) });
}

/**
 * The `when` of a cross check between keys of a group: it runs beside other problems, so that all are listed at once.
 * A value of the wrong type compares as false, so checks are written as "not above".
 */
export function isMapping({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// The id must not decide which host the link leads to.
function isResultsUrl(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || !value.includes('{id}')) return false;
  const [filled, other] = ['a', 'b'].map((id) => value.replaceAll('{id}', id));
  if (!URL.canParse(filled!) || !URL.canParse(other!)) return false;
  return new URL(filled!).origin === new URL(other!).origin;
}

function documented({ about, reloadable = false }: { about: string; reloadable?: boolean }) {
  return { about, reloadable };
}

function refuse(context: z.RefinementCtx<unknown>, expected: string): never {
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
}

function readNumber(value: unknown): unknown {
  // What Python's int("...") takes is taken here too: blanks around it, and 1_048_576.
  const text = typeof value === 'string' ? value.trim().replaceAll(/(?<=\d)_(?=\d)/g, '') : undefined;
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : value;
}

function readFlag(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^(true|yes|on)$/i.test(value)) return true;
  return /^(false|no|off)$/i.test(value) ? false : value;
}

function isOff(value: unknown): boolean {
  return (
    value === null || value === false || (typeof value === 'string' && /^(off|false|null)$/i.test(value))
  );
}
