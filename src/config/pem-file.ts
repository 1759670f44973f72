import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorText } from '../text/error-text.js';
import type { Problem } from './problem.js';

/** Bytes of the largest file that is read. A certificate with its chain takes some KiB. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Permissions that a private key must not grant: the group may read, others may do nothing. */
const FORBIDDEN_MODE = 0o037;

const MARK = '(?:X509 |TRUSTED )?CERTIFICATE-----';
const CERTIFICATE = new RegExp(`-----BEGIN ${MARK}[^-]*-----END ${MARK}`, 'g');
const BEGIN_CERTIFICATE = new RegExp(`-----BEGIN ${MARK.slice(0, -5)}`, 'g');

/** A PEM file that a configuration key names. */
export interface PemFile {
  /** The configuration key. */
  readonly key: string;
  readonly path: string;
  /** The file is refused when others than its owner and its group can read it. */
  readonly isSecret?: true;
}

/** The content of a file is not what the monitor expects. */
export class UnexpectedContent extends Error {
  constructor(
    readonly expected: string,
    readonly got: string,
  ) {
    super(`expected ${expected}, got ${got}`);
  }
}

/** Reads a file as text. Rejects with `UnexpectedContent`, or with the error of the system. */
export async function readPemFile({ path, isSecret }: PemFile): Promise<string> {
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    const mode = stats.mode & 0o777;
    if (!stats.isFile()) throw new UnexpectedContent('a regular file', 'a directory or a device');
    if (stats.size > MAX_FILE_BYTES)
      throw new UnexpectedContent(`a file of at most ${MAX_FILE_BYTES} bytes`, `${stats.size} bytes`);
    if (isSecret && (mode & FORBIDDEN_MODE) !== 0)
      throw new UnexpectedContent(
        'a private key that only its owner and its group can read (chmod 0640 or 0600)',
        `mode 0${mode.toString(8)}`,
      );
    const text = await handle.readFile('utf8');
    if (text.trim() === '') throw new UnexpectedContent('a PEM file', 'an empty file');
    return text;
  } finally {
    await handle.close();
  }
}

/** All certificates in a text. Throws `UnexpectedContent` when there is none, or when one is cut off. */
export function parseCertificates(text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  const begun = text.match(BEGIN_CERTIFICATE)?.length ?? 0;
  if (begun === 0)
    throw new UnexpectedContent('a certificate in PEM format (-----BEGIN CERTIFICATE-----)', 'none');
  if (begun !== blocks.length) throw new UnexpectedContent('complete certificates', 'a file that is cut off');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new UnexpectedContent('valid certificates', `certificate ${index + 1}: ${errorText(error)}`);
    }
  });
}

/** The private key in a text. Throws `UnexpectedContent` when there is none, or when it needs a passphrase. */
export function parsePrivateKey(text: string): KeyObject {
  if (/-----BEGIN ENCRYPTED |^Proc-Type: .*ENCRYPTED/m.test(text))
    throw new UnexpectedContent('a private key without a passphrase', 'an encrypted key');
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new UnexpectedContent('a private key in PEM format', errorText(error));
  }
}

/** The problem of a file, for the operator. */
export function fileProblem({ key, path }: PemFile, error: unknown): Problem {
  const { expected, got } =
    error instanceof UnexpectedContent
      ? error
      : { expected: 'a file that can be used', got: errorText(error) };
  return { key, expected, got, source: path };
}
