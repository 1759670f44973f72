import { createPublicKey, type JsonWebKey as NodeJsonWebKey } from 'node:crypto';
import { type KeyFile, KeyFileFault } from '../config/key-file.js';
import { algorithmOf, secretKey, type TokenKey } from './token-key.js';

/** Parts of a JSON Web Key that are secret: the secret of HS256, and the number that all private keys have. */
const SECRET_PARTS = ['k', 'd'];

/**
 * Reads the keys of a JSON Web Key Set (RFC 7517). Keys for encryption and for other algorithms are skipped. Throws a
 * `KeyFileFault`, also when no key is left.
 */
export function readJsonWebKeys(file: KeyFile): TokenKey[] {
  const items = itemsOf(file.text);
  if (items.some((item) => SECRET_PARTS.some((part) => Object.hasOwn(item, part)))) file.requireSecret();
  const keys = items.map(readItem).filter((key) => key !== undefined);
  if (keys.length === 0)
    throw new KeyFileFault('a key for HS256, RS256, ES256 or EdDSA', `${items.length} keys of other types`);
  return keys;
}

function itemsOf(text: string): NodeJsonWebKey[] {
  const set = parse(text);
  const items: unknown = isObject(set) && Object.hasOwn(set, 'keys') ? set['keys'] : undefined;
  if (!Array.isArray(items) || !items.every(isObject))
    throw new KeyFileFault('a JSON Web Key Set: {"keys": [...]}', 'something else');
  return items;
}

function readItem(item: NodeJsonWebKey): TokenKey | undefined {
  if (item['use'] !== undefined && item['use'] !== 'sig') return undefined;
  const key = item.kty === 'oct' ? readSecret(item) : readPublicKey(item);
  const matches = key && (item['alg'] === undefined || item['alg'] === key.algorithm);
  const id = typeof item['kid'] === 'string' ? item['kid'] : undefined;
  return matches ? { ...key, id } : undefined;
}

// A secret of another algorithm must not verify HS256, so it must name its algorithm.
function readSecret({ alg, k }: NodeJsonWebKey): TokenKey | undefined {
  if (alg !== 'HS256' || typeof k !== 'string') return undefined;
  return { algorithm: 'HS256', key: secretKey(Buffer.from(k, 'base64url')) };
}

function readPublicKey(item: NodeJsonWebKey): TokenKey | undefined {
  try {
    const key = createPublicKey({ key: item, format: 'jwk' });
    const algorithm = algorithmOf(key);
    return algorithm && { algorithm, key };
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
