import { z } from 'zod';
import { type Address, parseAddress } from './address.js';
import { parseHostName } from './host-name.js';
import { parseNetwork } from './network.js';
import { parseOrigin } from './origin.js';
import { isOff, isResultsUrl, readFlag, readNumber } from './read-value.js';

/** The documentation of a key for operators. The reference, `print-config` and error texts use it. */
export interface KeyDocs {
  type: string;
  expected: string;
  about: string;
  range?: string;
  unit?: string;
  /** Replaces the default value in the reference. */
  defaultNote?: string;
  /** The value is a secret: `print-config`, the admin API and error texts hide it. The path of a file is no secret. */
  secret?: boolean;
  /** A wrong value may contain a secret, so the list of problems does not print it. */
  sensitive?: boolean;
  /** A reload applies a change; other keys need a restart. */
  reloadable: boolean;
}

/** Options of every key. */
export interface KeyOptions {
  about: string;
  /**
   * The value is read at the time of use, so that a reload applies a change. Keys that a check compares with each other
   * are either all reloadable or none of them is: a reload must not apply one half of a pair.
   */
  reloadable?: true;
  /** The value itself is a secret, such as a password. */
  secret?: true;
}

/** Documentation of each key, by schema. A schema without documentation is a group of keys. */
export const keyDocs = z.registry<KeyDocs>();

/** Node's timers overflow at 2^31 ms: a longer timer fires at once. */
const MAX_SECONDS = 2_147_483;
const SHORTEST_SECONDS = 0.001;
const NETWORKS = 'a list of networks like 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1, or off';
const ADDRESS = 'a list of host and port, or a text such as "127.0.0.1:4567", with a port from 0 to 65535';

/** A whole number. The original also accepts it as text. */
export function whole(key: KeyOptions & { min: number; max: number; unit: string; default: number }) {
  const range = `${key.min} to ${key.max}`;
  const expected = `a whole number from ${range}`;
  return z
    .preprocess(readNumber, z.int().min(key.min).max(key.max))
    .default(key.default)
    .register(keyDocs, { type: 'whole number', range, unit: key.unit, expected, ...documented(key) });
}

/** A duration in seconds, fractions allowed. 0 is allowed only with `orZero`. */
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

/** A boolean, or a word that YAML 1.1 reads as a boolean. */
export function flag(key: KeyOptions & { default: boolean }) {
  return z
    .preprocess(readFlag, z.boolean())
    .default(key.default)
    .register(keyDocs, { type: 'boolean', expected: 'true or false', ...documented(key) });
}

/** One word of a list, in any letter case. Synonyms map to words of the list. */
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

/** An address to listen on. */
export function address(key: KeyOptions & { default: Address }) {
  return z
    .unknown()
    .transform((value, context) => parseAddress(value) ?? reject(context, ADDRESS))
    .default(key.default)
    .register(keyDocs, { type: 'address', expected: ADDRESS, ...documented(key) });
}

/** An address to listen on, or null when the listener is switched off. */
export function addressOrOff(key: KeyOptions & { default: Address }) {
  const expected = `${ADDRESS}, or off`;
  return z
    .unknown()
    .transform((value, context) => (isOff(value) ? null : (parseAddress(value) ?? reject(context, expected))))
    .default(key.default)
    .register(keyDocs, { type: 'address or off', expected, ...documented(key) });
}

/** Networks as CIDR, or single IP addresses. */
export function networks(key: KeyOptions & { default: readonly string[] }) {
  return z
    .unknown()
    .transform((value, context): string[] => listOf(value, parseNetwork) ?? reject(context, NETWORKS))
    .default(() => [...key.default])
    .register(keyDocs, { type: 'list of networks', expected: NETWORKS, ...documented(key) });
}

/** Networks, or null (the default) for any address. */
export function networksOrOff(key: KeyOptions) {
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      const parsed = listOf(value, parseNetwork) ?? [];
      // An empty list could mean any address or none.
      return parsed.length > 0 ? parsed : reject(context, NETWORKS);
    })
    .default(null)
    .register(keyDocs, {
      type: 'list of networks, or off',
      expected: NETWORKS,
      ...documented(key),
      defaultNote: 'any address',
    });
}

/** Origins of web sites (scheme, host, port), patterns for all subdomains, or `*` for any site. */
export function origins(key: KeyOptions) {
  const expected = 'a list of origins like https://recodex.example.org or https://*.example.org, or *';
  return z
    .unknown()
    .transform((value, context): string[] => listOf(value, parseOrigin) ?? reject(context, expected))
    .default(() => [])
    .register(keyDocs, { type: 'list of origins', expected, ...documented(key) });
}

/** DNS names, and patterns for all subdomains. */
export function hostNames(key: KeyOptions) {
  const expected = 'a list of host names like monitor.example.org or *.example.org, without a port';
  return z
    .unknown()
    .transform((value, context): string[] => listOf(value, parseHostName) ?? reject(context, expected))
    .default(() => [])
    .register(keyDocs, { type: 'list of host names', expected, ...documented(key) });
}

/** The path of a file, or null (the default) for no file. */
export function pathOrOff(key: KeyOptions & { defaultNote: string }) {
  const expected = 'the path of a file, or off';
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      const usable = typeof value === 'string' && value.trim() !== '' && !value.includes('\0');
      return usable ? value : reject(context, expected);
    })
    .default(null)
    .register(keyDocs, { type: 'path or off', expected, ...documented(key), defaultNote: key.defaultNote });
}

/** A web address in which `{id}` stands for the job id, or null (the default) for none. */
export function resultsUrlOrOff(key: KeyOptions) {
  const expected = 'an http or https URL that contains {id}, or off';
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      return typeof value === 'string' && isResultsUrl(value) ? value : reject(context, expected);
    })
    .default(null)
    .register(keyDocs, { type: 'URL or off', expected, ...documented(key) });
}

/**
 * Condition (zod's `when`) of a check between keys of a group. The check also runs when single keys are invalid, so that
 * all problems are listed at once. A comparison with an invalid value is false: write checks as "not greater than".
 */
export function isMapping({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list, or a text with commas (an environment variable). Undefined when `parse` rejects an item. */
function listOf(value: unknown, parse: (item: unknown) => string | undefined): string[] | undefined {
  if (isOff(value)) return [];
  const items: unknown = typeof value === 'string' ? value.split(',') : value;
  const parsed = Array.isArray(items) ? items.map((item) => parse(item)) : [undefined];
  const known = parsed.filter((item) => item !== undefined);
  return known.length === parsed.length ? known : undefined;
}

/** The documentation that every kind of key has. */
export function documented({
  about,
  reloadable = false,
  secret = false,
}: Pick<KeyDocs, 'about'> & Partial<KeyDocs>) {
  return { about, reloadable, secret };
}

/** Reports what was expected, in a transformation. */
export function reject(context: z.RefinementCtx<unknown>, expected: string): never {
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
}
