import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { curveKeyPairOf, isCurveKey, type CurveKeyPair } from './curve-key.js';
import type { Problem } from './problem.js';
import { errorText } from '../text/error-text.js';

/** The group `zeromq.curve`: paths, or null. */
export interface CurvePaths {
  readonly key: string | null;
  readonly clients: string | null;
}

/** Permissions of other users. The group may read a secret key: the owner is often root. */
const OTHERS = 0o007;

/** The largest file that is read: about 10,000 keys with names. */
const MAX_BYTES = 1024 * 1024;

/** Lists what is wrong with the CURVE files of the configuration. @param source the origin of the configuration */
export function curveProblems({ key, clients }: CurvePaths, source: string): Problem[] {
  const problems: Problem[] = [];
  const check = (name: string, expected: string, read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      problems.push({ key: `zeromq.curve.${name}`, expected, got: errorText(error), source });
    }
  };
  if (key !== null) check('key', 'a file with a secret CURVE key', () => readCurveKey(key));
  if (clients !== null) check('clients', 'a file with public CURVE keys', () => readCurveClients(clients));
  return problems;
}

/**
 * Reads a file with a secret CURVE key. Throws an error for the operator when the file can't be read, other users have
 * access to it, or it has no key. The error never contains the key.
 */
export function readCurveKey(path: string): CurveKeyPair {
  const { text, mode } = readSmallFile(path);
  if ((mode & OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, '0');
    throw new Error(`${path}: mode ${shown} gives other users access: run "chmod o= ${path}"`);
  }
  const [key, ...others] = linesOf(text).map(({ line }) => line);
  if (key === undefined || others.length > 0 || !isCurveKey(key)) {
    throw new Error(
      `${path}: not one secret key of 40 characters (Z85), as "recodex-monitor curve-keys" writes it`,
    );
  }
  return curveKeyPairOf(key);
}

/**
 * Reads a file with the public CURVE keys that may connect: one key per line in Z85, optionally followed by a name.
 * Returns the name of each key. Throws an error for the operator with the number of the first wrong line.
 */
export function readCurveClients(path: string): Map<string, string> {
  const clients = new Map<string, string>();
  for (const { line, number } of linesOf(readSmallFile(path).text)) {
    const [key = '', ...name] = line.split(/\s+/);
    if (!isCurveKey(key)) {
      throw new Error(`${path}, line ${number}: not a public key of 40 characters (Z85)`);
    }
    clients.set(key, name.join(' '));
  }
  return clients;
}

function readSmallFile(path: string): { text: string; mode: number } {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO would block the process.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('not a regular file');
    if (stats.size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
    return { text: readFileSync(file, 'utf8'), mode: stats.mode };
  } catch (error) {
    throw new Error(`${path}: ${errorText(error)}`, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

// A key may contain `#`, but never at its start. So a comment starts at the start of a line or after a space.
function linesOf(text: string): { line: string; number: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.replace(/(^|\s)#.*$/, '').trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
}
