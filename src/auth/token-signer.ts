import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { TokenAlgorithm, TokenKeySource } from '../config/auth-settings.js';
import { type KeyFile, KeyFileFault, readKeyFile } from '../config/key-file.js';
import { algorithmOf, secretOf, typeOf } from './token-key.js';

/** The claims of a new token. */
export interface NewClaims {
  /** Channel ids, and prefixes that end in `*`. */
  readonly channels: readonly string[];
  /** Words, separated by spaces. */
  readonly scope?: string | undefined;
  readonly audience: string | null;
  /** Seconds. */
  readonly lifetime: number;
}

/** Signs tokens with one key. */
export class TokenSigner {
  private constructor(
    private readonly algorithm: TokenAlgorithm,
    private readonly key: KeyObject,
  ) {}

  /**
   * A signer with the key in a file: a private key in PEM form, or a secret. Throws an error that names the file and what
   * is wrong with it.
   */
  static fromFile(path: string): TokenSigner {
    return readKeyFile(path, (file) => {
      if (!file.text.includes('-----BEGIN')) return new TokenSigner('HS256', secretOf(file));
      const key = privateKeyOf(file);
      file.requireSecret();
      const algorithm = algorithmOf(key);
      if (!algorithm) throw new KeyFileFault('a private key for RS256, ES256 or EdDSA', typeOf(key));
      return new TokenSigner(algorithm, key);
    });
  }

  /** A signer with the first HS256 key of `auth.keys`. `undefined`: there is none. */
  static fromKeys(sources: readonly TokenKeySource[]): TokenSigner | undefined {
    const source = sources.find((each) => 'alg' in each && each.alg === 'HS256');
    return source && 'file' in source ? TokenSigner.fromFile(source.file) : undefined;
  }

  async sign({ channels, scope, audience, lifetime }: NewClaims): Promise<string> {
    const { SignJWT } = await import('jose');
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      ...(audience !== null && { aud: audience }),
      ...(channels.length > 0 && { channels }),
      ...(scope !== undefined && { scope }),
      iat: now,
      exp: now + lifetime,
    };
    return new SignJWT(payload).setProtectedHeader({ alg: this.algorithm, typ: 'JWT' }).sign(this.key);
  }
}

function privateKeyOf({ bytes }: KeyFile): KeyObject {
  try {
    return createPrivateKey(bytes);
  } catch {
    throw new KeyFileFault('a private key in PEM form, without a password', 'something else');
  }
}
