import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { decodeZ85, encodeZ85 } from './z85.js';

/** A pair of CURVE keys in Z85: 40 characters each. */
export interface CurveKeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Characters of a key in Z85, and its bytes. */
const KEY_CHARACTERS = 40;

/** The start of an X25519 private key in PKCS #8 (RFC 8410). The 32 bytes of the key follow. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Makes a random pair. */
export function createCurveKeyPair(): CurveKeyPair {
  const { privateKey } = generateKeyPairSync('x25519');
  const raw = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_HEAD.length);
  return curveKeyPairOf(encodeZ85(raw));
}

/** The pair of a secret key, which must be valid. */
export function curveKeyPairOf(secretKey: string): CurveKeyPair {
  const der = Buffer.concat([PKCS8_HEAD, decodeZ85(secretKey)!]);
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return { secretKey, publicKey: encodeZ85(Buffer.from(x!, 'base64url')) };
}

/** Whether a text is a CURVE key in Z85. */
export function isCurveKey(text: string): boolean {
  return text.length === KEY_CHARACTERS && decodeZ85(text) !== undefined;
}
