import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { KeySet } from '../../src/auth/key-set.js';
import { TokenFault } from '../../src/auth/token-fault.js';
import { TokenVerifier, type VerifierSettings } from '../../src/auth/token-verifier.js';
import { inSeconds, type TestKey, unsignedToken, useTokenKeys } from '../fixtures/token-keys.js';

const keys = useTokenKeys();
const secret = keys.secret();
const rsa = keys.pair('RS256');

async function verifier(
  trusted: readonly TestKey[] = [secret],
  settings: Partial<VerifierSettings> = {},
): Promise<TokenVerifier> {
  const set = KeySet.load(
    trusted.map(({ source }) => source),
    '',
  );
  return TokenVerifier.create(set, { audience: null, clock_tolerance: 0, ...settings });
}

/** The reason for which a token is refused, or `valid`. */
async function outcome(token: string, by?: TokenVerifier): Promise<string> {
  try {
    await (by ?? (await verifier())).verify(token);
    return 'valid';
  } catch (error) {
    if (error instanceof TokenFault) return error.reason;
    throw error;
  }
}

describe('a token', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'with %s is verified with the public key',
    async (algorithm) => {
      const key = keys.pair(algorithm);
      const claims = await (await verifier([secret, key])).verify(await key.sign({ channels: ['j'] }));
      expect(claims.channels).toEqual(['j']);
      expect(await outcome(await keys.pair(algorithm).sign(), await verifier([key]))).toBe('signature');
    },
  );

  it('is tried with all keys of its algorithm, so that a key can be replaced', async () => {
    const old = keys.secret('old-old-old-old-old-old-old-old-old-old-');
    const both = await verifier([old, secret]);
    expect([await outcome(await old.sign(), both), await outcome(await secret.sign(), both)]).toEqual([
      'valid',
      'valid',
    ]);
    expect(await outcome(await old.sign(), await verifier([secret]))).toBe('signature');
  });

  it('must have an expiry in the future, within the tolerance', async () => {
    expect(await outcome(await secret.sign({ exp: inSeconds(-5) }))).toBe('expired');
    expect(
      await outcome(
        await secret.sign({ exp: inSeconds(-5) }),
        await verifier([secret], { clock_tolerance: 10 }),
      ),
    ).toBe('valid');
    const withoutExpiry = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(secret.key);
    expect(await outcome(withoutExpiry)).toBe('claims');
  });

  it('must not be used before nbf', async () => {
    expect(await outcome(await secret.sign({ nbf: inSeconds(60) }))).toBe('not_yet_valid');
  });

  it('must have the configured audience', async () => {
    const strict = await verifier([secret], { audience: 'recodex-monitor' });
    expect(await outcome(await secret.sign({ aud: 'recodex-monitor' }), strict)).toBe('valid');
    expect(await outcome(await secret.sign({ aud: ['a', 'recodex-monitor'] }), strict)).toBe('valid');
    expect(await outcome(await secret.sign({ aud: 'recodex' }), strict)).toBe('audience');
    expect(await outcome(await secret.sign(), strict)).toBe('audience');
  });
});

describe('an attack', () => {
  const payload = { exp: inSeconds(60), channels: ['*'], scope: 'admin' };

  it.each(['none', 'None', 'NONE', '', 'HS512', '__proto__', 'toString'])(
    'with the algorithm %s is refused',
    async (alg) => {
      expect(await outcome(unsignedToken({ alg }, payload))).toBe('algorithm');
    },
  );

  it('without an algorithm is refused', async () => {
    expect(await outcome(unsignedToken({}, payload))).toBe('algorithm');
    expect(await outcome(unsignedToken({ alg: ['HS256'] }, payload))).toBe('algorithm');
  });

  it('with a public key as the secret of HS256 is refused', async () => {
    const unsigned = unsignedToken({ alg: 'HS256' }, payload);
    const input = unsigned.slice(0, -1);
    for (const forged of [rsa.publicPem, rsa.publicPem.trim()]) {
      const token = `${input}.${createHmac('sha256', forged).update(input).digest('base64url')}`;
      expect(await outcome(token, await verifier([rsa]))).toBe('algorithm');
      expect(await outcome(token, await verifier([rsa, secret]))).toBe('signature');
    }
  });

  it('with a key in the header is refused', async () => {
    const attacker = keys.pair('RS256');
    const jwk = attacker.key.export({ format: 'jwk' });
    const token = await new SignJWT(payload)
      .setProtectedHeader({
        alg: 'RS256',
        jwk: { kty: 'RSA', n: jwk.n!, e: jwk.e! },
        jku: 'http://127.0.0.1:1/',
        x5u: 'http://127.0.0.1:1/',
      })
      .sign(attacker.key);
    expect(await outcome(token, await verifier([rsa]))).toBe('signature');
  });

  it('with another payload or without a signature is refused', async () => {
    const [header, , signature] = (await secret.sign({ channels: ['a'] })).split('.');
    const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
    expect(await outcome(`${header}.${body}.${signature}`)).toBe('signature');
    expect(await outcome(`${header}.${body}.`)).toBe('signature');
  });

  it('with an unknown critical header is refused', async () => {
    expect(await outcome(unsignedToken({ alg: 'HS256', crit: ['x'], x: 1 }, payload, 'AAAA'))).toBe(
      'malformed',
    );
  });

  it.each([
    '',
    '.',
    '..',
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    'e30.e30.',
    '\u0000.\u0000.',
    '{}.{}.{}',
    'bnVsbA.e30.',
  ])('with the text %j is refused', async (token) => {
    expect(['malformed', 'algorithm']).toContain(await outcome(token));
  });

  it('with a payload that is no JSON object is refused', async () => {
    for (const text of ['null', '[]', '"x"', '1', '{']) {
      const input = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from(text).toString('base64url')}`;
      const signature = createHmac('sha256', secret.key).update(input).digest('base64url');
      expect(await outcome(`${input}.${signature}`)).toBe('malformed');
    }
  });

  it('with a long token is refused before the signature is checked', async () => {
    expect(await outcome(await secret.sign({ channels: ['x'.repeat(7000)] }))).toBe('too_long');
    expect(await outcome(await secret.sign({ channels: ['x'.repeat(5000)] }))).toBe('valid');
  });

  it('with more tokens than can wait is refused as busy, and the others are verified', async () => {
    const by = await verifier();
    const token = await secret.sign();
    const outcomes = await Promise.all(Array.from({ length: 10_100 }, () => outcome(token, by)));
    expect(outcomes.filter((each) => each === 'busy')).toHaveLength(92);
    expect(outcomes.filter((each) => each === 'valid')).toHaveLength(10_008);
    expect(await outcome(token, by)).toBe('valid');
  }, 30_000);
});
