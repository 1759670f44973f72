import { keyFileProblems, type KeyFile, KeyFileFault, readKeyFile } from './key-file.js';
import { parseCertificates } from './pem-file.js';
import type { Problem } from './problem.js';

/** The files of the group `relay`: paths, or null. */
export interface RelayPaths {
  readonly password_file: string | null;
  readonly ca: string | null;
}

/** Lists what is wrong with the files of `relay`. */
export function relayProblems({ password_file, ca }: RelayPaths): Problem[] {
  return [
    ...keyFileProblems('relay.password_file', password_file, parsePassword),
    ...keyFileProblems('relay.ca', ca, parseAuthorities),
  ];
}

/** Reads the password for Redis. Throws an error for the operator, which never contains the password. */
export function readRelayPassword(path: string): string {
  return readKeyFile(path, parsePassword);
}

/** Reads the authorities that sign the certificate of Redis. Throws an error for the operator. */
export function readRelayAuthorities(path: string): string {
  return readKeyFile(path, parseAuthorities);
}

function parsePassword(file: KeyFile): string {
  file.requireSecret();
  const password = file.text.split(/\r?\n/, 1)[0]!;
  if (password === '') throw new KeyFileFault('a password in the first line', 'an empty line');
  return password;
}

function parseAuthorities(file: KeyFile): string {
  // Node.js ignores a damaged authority, and then trusts no certificate of Redis.
  parseCertificates(file.text);
  return file.text;
}
