import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KeySet } from '../../src/auth/key-set.js';
import type { TokenKeySource } from '../../src/config/auth-settings.js';
import { ConfigError } from '../../src/config/problem.js';
import { keyPair, useTokenKeys } from '../fixtures/token-keys.js';
import { generateKeyPairSync } from 'node:crypto';

const keys = useTokenKeys();
const SECRET = 'abcdefghijklmnopqrstuvwxyz0123456789';

function problemOf(...sources: TokenKeySource[]): string {
  try {
    KeySet.load(sources, 'config.yml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

function jwks(...items: object[]): TokenKeySource {
  return { jwks: keys.write(JSON.stringify({ keys: items })) };
}

describe('a key file', () => {
  it('with a secret must not be readable by other users', () => {
    const { source, path } = keys.secret();
    chmodSync(path, 0o644);
    expect(problemOf(source)).toBe(
      `config.yml: 1 problem\n  auth.keys: expected a secret that only its owner and its group can read (chmod 640 or 600), got mode 0644 (${path})`,
    );
    chmodSync(path, 0o440);
    expect(problemOf(source)).toBe('');
  });

  it('with a public key may be readable by everybody, a private key may not', () => {
    const { source, key } = keys.pair('ES256');
    expect(problemOf(source)).toBe('');
    const pem = key.export({ type: 'pkcs8', format: 'pem' });
    expect(problemOf({ alg: 'ES256', file: keys.write(pem, 0o644) })).toContain('chmod 640 or 600');
    expect(problemOf({ alg: 'ES256', file: keys.write(pem, 0o600) })).toBe('');
  });

  it('with a public key is never a secret for HS256', () => {
    const { publicPem } = keys.pair('RS256');
    expect(problemOf({ alg: 'HS256', file: keys.write(publicPem) })).toContain('got a key in PEM form');
  });

  it.each([
    ['a short secret', 'HS256', 'x'.repeat(31), 'at least 32 bytes, got 31 bytes'],
    ['an empty file', 'HS256', '', 'got 0 bytes'],
    ['a line break instead of a byte', 'HS256', `${'x'.repeat(31)}\n`, 'got 31 bytes'],
    ['a key set', 'HS256', '{"keys":[]}', 'use { jwks: /path }'],
    ['no PEM', 'RS256', SECRET, 'a public key in PEM form'],
    ['half a PEM', 'RS256', '-----BEGIN PUBLIC KEY-----\nMIIB', 'a public key in PEM form'],
  ] as const)('with %s is a problem', (_what, alg, content, expected) => {
    const problem = problemOf({ alg, file: keys.write(content) });
    expect(problem).toContain(expected);
    expect(problem).not.toContain(SECRET);
  });

  it('must have the type of its algorithm', () => {
    const { path } = keys.pair('ES256');
    expect(problemOf({ alg: 'RS256', file: path })).toContain(
      'expected a key for RS256, got a key for ES256',
    );
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const file = keys.write(weak.export({ type: 'spki', format: 'pem' }));
    expect(problemOf({ alg: 'RS256', file })).toContain('RSA with 1024 bits');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
    const curve = keys.write(other.export({ type: 'spki', format: 'pem' }));
    expect(problemOf({ alg: 'ES256', file: curve })).toContain('P-256 is needed');
  });

  it('that can not be read is a problem, and all problems are listed', () => {
    const problem = problemOf(
      { alg: 'HS256', file: '/nonexistent' },
      { jwks: keys.directory },
      { alg: 'HS256', file: '/dev/zero' },
    );
    expect(problem).toContain('3 problems');
    expect(problem).toContain('expected a file that can be read, got ENOENT (/nonexistent)');
    expect(problem.match(/expected a regular file/g)).toHaveLength(2);
  });
});

describe('a JSON Web Key Set', () => {
  const publicJwk = (alg: 'RS256' | 'ES256' | 'EdDSA') => keyPair(alg).publicKey.export({ format: 'jwk' });

  it('gives each key the algorithm of its type', () => {
    const set = KeySet.load(
      [jwks(publicJwk('RS256'), { ...publicJwk('ES256'), kid: 'a' }, publicJwk('EdDSA'))],
      '',
    );
    for (const alg of ['RS256', 'ES256', 'EdDSA']) expect(set.candidates(alg, undefined)).toHaveLength(1);
    expect(set.candidates('HS256', undefined)).toEqual([]);
    expect(set.candidates('none', undefined)).toEqual([]);
    expect(set.candidates('__proto__', undefined)).toEqual([]);
  });

  it('tries the key with the kid of the token first, then the others', () => {
    const set = KeySet.load(
      [jwks({ ...publicJwk('ES256'), kid: 'a' }, { ...publicJwk('ES256'), kid: 'b' })],
      '',
    );
    expect(set.candidates('ES256', 'b').map(({ id }) => id)).toEqual(['b', 'a']);
    expect(set.candidates('ES256', undefined).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('skips keys for encryption and for other algorithms', () => {
    const set = KeySet.load(
      [
        jwks(
          { ...publicJwk('RS256'), use: 'enc' },
          { ...publicJwk('RS256'), alg: 'RS512' },
          { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') },
          { kty: 'new' },
          publicJwk('ES256'),
        ),
      ],
      '',
    );
    expect(['RS256', 'HS256', 'ES256'].map((alg) => set.candidates(alg, undefined).length)).toEqual([
      0, 0, 1,
    ]);
  });

  it('with a secret must not be readable by other users', () => {
    const item = { kty: 'oct', alg: 'HS256', k: Buffer.from(SECRET).toString('base64url') };
    const content = JSON.stringify({ keys: [item] });
    expect(problemOf({ jwks: keys.write(content, 0o644) })).toContain('chmod 640 or 600');
    expect(problemOf({ jwks: keys.write(content, 0o600) })).toBe('');
  });

  it.each(['', '[]', '{}', '{"keys":{}}', '{"keys":[1]}', '{"__proto__":{"keys":[]}}', '{"keys":[]}'])(
    'is a problem when it is %s',
    (content) => {
      expect(problemOf({ jwks: keys.write(content) })).toContain('expected a');
    },
  );
});
