import { curveKeyPairOf, isCurveKey, type CurveKeyPair } from './curve-key.js';
import { keyFileProblems, type KeyFile, KeyFileFault, readKeyFile } from './key-file.js';
import type { Problem } from './problem.js';

/** The group `zeromq.curve`: paths, or null. */
export interface CurvePaths {
  readonly key: string | null;
  readonly clients: string | null;
}

/** Lists what is wrong with the CURVE files of the configuration. */
export function curveProblems({ key, clients }: CurvePaths): Problem[] {
  return [
    ...keyFileProblems('zeromq.curve.key', key, parseCurveKey),
    ...keyFileProblems('zeromq.curve.clients', clients, parseCurveClients),
  ];
}

/**
 * Reads a file with a secret CURVE key. Throws an error for the operator when the file can't be read, other users have
 * access to it, or it has no key. The error never contains the key.
 */
export function readCurveKey(path: string): CurveKeyPair {
  return readKeyFile(path, parseCurveKey);
}

/**
 * Reads a file with the public CURVE keys that may connect: one key per line in Z85, optionally followed by a name.
 * Returns the name of each key. Throws an error for the operator with the number of the first wrong line.
 */
export function readCurveClients(path: string): Map<string, string> {
  return readKeyFile(path, parseCurveClients);
}

function parseCurveKey(file: KeyFile): CurveKeyPair {
  file.requireSecret();
  const [key, ...others] = linesOf(file.text).map(({ line }) => line);
  if (key === undefined || others.length > 0 || !isCurveKey(key))
    throw new KeyFileFault(
      'one secret key of 40 characters (Z85), as "recodex-monitor curve-keys" writes it',
      'something else',
    );
  return curveKeyPairOf(key);
}

function parseCurveClients(file: KeyFile): Map<string, string> {
  const clients = new Map<string, string>();
  for (const { line, number } of linesOf(file.text)) {
    const [key = '', ...name] = line.split(/\s+/);
    if (!isCurveKey(key))
      throw new KeyFileFault(`a public key of 40 characters (Z85) in line ${number}`, 'something else');
    clients.set(key, name.join(' '));
  }
  return clients;
}

// A key may contain `#`, but never at its start. So a comment starts at the start of a line or after a space.
function linesOf(text: string): { line: string; number: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.replace(/(^|\s)#.*$/, '').trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
}
