import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { TokenAlgorithm } from '../config/auth-settings.js';
import { type KeyFile, KeyFileFault } from '../config/key-file.js';

/** Bytes of the shortest secret: the length of the hash of HS256 (RFC 7518, section 3.2). */
const MIN_SECRET_BYTES = 32;

/** Bits of the shortest RSA key (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2048;

/** The name of P-256 in OpenSSL. */
const P256 = 'prime256v1';

/** A key that verifies tokens with one algorithm, whatever algorithm a token names. */
export interface TokenKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: KeyObject;
  /** The `kid` of a JSON Web Key. */
  readonly id?: string | undefined;
}

/** Reads a key from a file of one key. Throws a `KeyFileFault`. */
export function readTokenKey(algorithm: TokenAlgorithm, file: KeyFile): TokenKey {
  if (algorithm === 'HS256') return { algorithm, key: secretOf(file) };
  if (file.text.includes('PRIVATE KEY')) file.requireSecret();
  const key = publicKeyOf(file);
  const actual = algorithmOf(key);
  if (actual !== algorithm)
    throw new KeyFileFault(`a key for ${algorithm}`, `a key for ${actual ?? typeOf(key)}`);
  return { algorithm, key };
}

/** The secret in a file, without the line break at its end. Throws a `KeyFileFault`. */
export function secretOf(file: KeyFile): KeyObject {
  file.requireSecret();
  // A public key is known to others, who could sign tokens with it as if it were a secret.
  if (file.text.includes('-----BEGIN')) throw new KeyFileFault('a secret for HS256', 'a key in PEM form');
  if (file.text.trimStart().startsWith('{'))
    throw new KeyFileFault('a secret for HS256', 'JSON; for a JSON Web Key Set use { jwks: /path }');
  return secretKey(withoutLineBreak(file.bytes));
}

/** A secret for HS256. Throws a `KeyFileFault` if the secret is too short. */
export function secretKey(bytes: Buffer): KeyObject {
  if (bytes.length < MIN_SECRET_BYTES)
    throw new KeyFileFault(`a secret of at least ${MIN_SECRET_BYTES} bytes`, `${bytes.length} bytes`);
  return createSecretKey(bytes);
}

/** The algorithm of tokens that a public or private key fits. `undefined`: none. */
export function algorithmOf(key: KeyObject): TokenAlgorithm | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'ec') return details?.namedCurve === P256 ? 'ES256' : undefined;
  return type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS ? 'RS256' : undefined;
}

/** Names the type of a key that fits no algorithm, for an error text. */
export function typeOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  if (type === 'rsa') return `RSA with ${details?.modulusLength} bits (at least ${MIN_RSA_BITS} are needed)`;
  return type === 'ec' ? `the curve ${details?.namedCurve} (P-256 is needed)` : String(type);
}

function publicKeyOf({ bytes }: KeyFile): KeyObject {
  try {
    return createPublicKey(bytes);
  } catch {
    throw new KeyFileFault('a public key in PEM form (-----BEGIN PUBLIC KEY-----)', 'something else');
  }
}

function withoutLineBreak(bytes: Buffer): Buffer {
  const end = /\r?\n?$/.exec(bytes.toString('latin1'))![0].length;
  return bytes.subarray(0, bytes.length - end);
}
