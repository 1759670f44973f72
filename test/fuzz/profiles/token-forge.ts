import { createHmac, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { TokenAlgorithm } from '../../../src/config/auth-settings.js';
import { inSeconds, type TestKey, type TokenKeys } from '../../fixtures/token-keys.js';

/** The claim `aud` that the daemon demands. */
export const FUZZ_AUDIENCE = 'fuzz';

/** Seconds of `auth.clock_tolerance`, and some more for a busy machine. */
const TOLERANCE = 30;

/** What a token must permit. */
export interface TokenDemand {
  readonly channel?: string;
  readonly scope?: string;
}

type Claims = Readonly<Record<string, unknown>>;

interface ForgeKey {
  readonly alg: TokenAlgorithm;
  readonly key: KeyObject;
}

/**
 * Signs tokens, and checks them with `node:crypto` alone: an oracle that shares no code with the daemon. It accepts more
 * than the daemon, such as base64 with line breaks, but no token without a valid signature and fitting claims.
 */
export class TokenForge {
  /** The value of `auth.keys` as a variable. */
  readonly sources: string;
  /** The file with the JSON Web Key Set. */
  readonly jwks: string;
  /** Keys of the daemon, in the order of the algorithms; two of each: in a file of its own, and in the key set. */
  private readonly known: readonly ForgeKey[];
  /** Keys that the daemon does not know. */
  private readonly strange: readonly ForgeKey[];
  private readonly publicPem: string;

  constructor(files: TokenKeys) {
    const create = (secret: string) => [
      { alg: 'HS256' as const, ...files.secret(secret) },
      ...(['RS256', 'ES256', 'EdDSA'] as const).map((alg) => ({ alg, ...files.pair(alg) })),
    ];
    const first = create('a secret of the fuzz, with forty characters');
    const second = create('another secret of the fuzz, also that long');
    this.strange = create('a secret that the monitor has never heard of');
    this.known = [...first, ...second];
    this.publicPem = publicPemOf(first[1]!.key);
    this.jwks = files.write(JSON.stringify({ keys: second.map((key, i) => webKey(key, `kid-${i}`)) }));
    this.sources = [
      ...first.map(({ alg, path }: ForgeKey & TestKey) => `${alg}:${path}`),
      `jwks:${this.jwks}`,
    ].join();
  }

  /** A valid token for an hour. */
  valid(claims: Claims): string {
    return this.sign(
      { alg: 'HS256' },
      { exp: inSeconds(3600), aud: FUZZ_AUDIENCE, ...claims },
      this.known[0]!,
    );
  }

  /** Signs with the key number `index` of the daemon; from 8 on, with a key that the daemon does not know. */
  token(index: number, claims: Claims, header: Claims = {}): string {
    const key = [...this.known, ...this.strange][index]!;
    return this.sign({ alg: key.alg, ...header }, claims, key);
  }

  /** Signs with the public key of RS256 as if it were a secret. */
  confused(claims: Claims): string {
    const signed = encode({ alg: 'HS256' }, claims);
    return `${signed}.${createHmac('sha256', this.publicPem).update(signed).digest('base64url')}`;
  }

  /** Whether a token may be accepted. */
  isGenuine(token: string, { channel, scope }: TokenDemand): boolean {
    const claims = this.claimsOf(token);
    if (!claims) return false;
    const { exp, nbf, aud, channels, scope: scopes } = claims;
    const now = Date.now() / 1000;
    const words = typeof scopes === 'string' ? scopes.split(' ') : [];
    return (
      typeof exp === 'number' &&
      exp > now - TOLERANCE &&
      (nbf === undefined || Number(nbf) < now + TOLERANCE) &&
      [aud].flat().includes(FUZZ_AUDIENCE) &&
      (scope === undefined || words.includes(scope) || words.includes('admin')) &&
      (channel === undefined ||
        (scope !== undefined && words.includes('admin')) ||
        permits(channels, channel))
    );
  }

  private claimsOf(token: string): Claims | undefined {
    const [head, body, signature, ...rest] = token.split('.');
    if (signature === undefined || rest.length > 0) return undefined;
    const header = decode(head!);
    if (!header || 'crit' in header) return undefined;
    const keys = this.known.filter(({ alg }) => alg === header['alg']);
    const isSigned = keys.some((key) => isSignedBy(key, `${head}.${body}`, signature));
    return isSigned ? decode(body!) : undefined;
  }

  private sign(header: Claims, claims: Claims, { alg, key }: ForgeKey): string {
    const signed = encode(header, claims);
    return `${signed}.${signatureOf(alg, key, signed).toString('base64url')}`;
  }
}

function permits(channels: unknown, id: string): boolean {
  return (
    Array.isArray(channels) &&
    channels.some(
      (entry) => entry === id || (String(entry).endsWith('*') && id.startsWith(String(entry).slice(0, -1))),
    )
  );
}

function signatureOf(alg: TokenAlgorithm, key: KeyObject, text: string): Buffer {
  if (alg === 'HS256') return createHmac('sha256', key).update(text).digest();
  const bytes = Buffer.from(text);
  if (alg === 'ES256') return sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
  return sign(alg === 'EdDSA' ? null : 'sha256', bytes, key);
}

function isSignedBy({ alg, key }: ForgeKey, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  if (alg === 'HS256') return signatureOf(alg, key, text).equals(bytes);
  const options = alg === 'ES256' ? { dsaEncoding: 'ieee-p1363' as const } : {};
  const publicKey = createPublicKey(key);
  return verify(alg === 'EdDSA' ? null : 'sha256', Buffer.from(text), { key: publicKey, ...options }, bytes);
}

function encode(...parts: readonly object[]): string {
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

function webKey({ alg, key }: ForgeKey, kid: string): object {
  const shown = alg === 'HS256' ? key : createPublicKey(key);
  return { ...shown.export({ format: 'jwk' }), alg, kid };
}

function publicPemOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
