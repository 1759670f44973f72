import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { errorText } from '../text/error-text.js';
import { KeyFile, KeyFileFault } from './key-file.js';
import type { Problem } from './problem.js';

const MARK = '(?:X509 |TRUSTED )?CERTIFICATE-----';
const CERTIFICATE = new RegExp(`-----BEGIN ${MARK}[^-]*-----END ${MARK}`, 'g');
const BEGIN_CERTIFICATE = new RegExp(`-----BEGIN ${MARK.slice(0, -5)}`, 'g');

/** A PEM file that a configuration key names. */
export interface PemFile {
  /** The configuration key. */
  readonly key: string;
  readonly path: string;
  /** The file has a secret: see `KeyFile.requireSecret`. */
  readonly isSecret?: true;
}

/** Reads a file as text. Rejects with a `KeyFileFault`. */
export async function readPemFile({ path, isSecret }: PemFile): Promise<string> {
  const file = await KeyFile.load(path);
  if (isSecret) file.requireSecret();
  if (file.text.trim() === '') throw new KeyFileFault('a PEM file', 'an empty file');
  return file.text;
}

/** All certificates in a text. Throws a `KeyFileFault` when there is none, or when one is cut off. */
export function parseCertificates(text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  const begun = text.match(BEGIN_CERTIFICATE)?.length ?? 0;
  if (begun === 0)
    throw new KeyFileFault('a certificate in PEM format (-----BEGIN CERTIFICATE-----)', 'none');
  if (begun !== blocks.length) throw new KeyFileFault('complete certificates', 'a file that is cut off');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new KeyFileFault('valid certificates', `certificate ${index + 1}: ${errorText(error)}`);
    }
  });
}

/** The private key in a text. Throws a `KeyFileFault` when there is none, or when it needs a passphrase. */
export function parsePrivateKey(text: string): KeyObject {
  if (/-----BEGIN ENCRYPTED |^Proc-Type: .*ENCRYPTED/m.test(text))
    throw new KeyFileFault('a private key without a passphrase', 'an encrypted key');
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new KeyFileFault('a private key in PEM format', errorText(error));
  }
}

/** The problem of a file, for the operator. */
export function fileProblem({ key, path }: PemFile, error: unknown): Problem {
  const { expected, got } =
    error instanceof KeyFileFault ? error : { expected: 'a file that can be used', got: errorText(error) };
  return { key, expected, got, source: path };
}
