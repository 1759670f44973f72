import { TokenFault } from './token-fault.js';

/** The end of an entry of `channels` that stands for all channels with this prefix. */
const WILDCARD = '*';

/** Milliseconds since 1970 of the latest time that `Date` can express. */
const LATEST = 8.64e15;

export const EXP_EXPECTED = 'Expected the claim exp: seconds since 1970, as a number';

/** The claims of a verified token. */
export class TokenClaims {
  private constructor(
    /** When the token expires (`exp`), in milliseconds of `Date.now`. */
    readonly expiresAt: number,
    /** Channel ids, and prefixes that end in `*`. */
    readonly channels: readonly string[],
    /** The words of the claim `scope`. */
    readonly scopes: readonly string[],
  ) {}

  /** Reads the payload of a verified token. Throws a `TokenFault`. Claims that the monitor does not know are ignored. */
  static read(payload: object): TokenClaims {
    const [exp, channels, scope] = ['exp', 'channels', 'scope'].map((name) => ownValue(payload, name));
    // JSON can express numbers that are infinite.
    if (typeof exp !== 'number' || !(exp * 1000 <= LATEST)) throw new TokenFault('claims', EXP_EXPECTED);
    if (channels !== undefined && !isList(channels))
      throw new TokenFault('claims', 'Expected the claim channels: a list of texts that are not empty');
    if (scope !== undefined && typeof scope !== 'string')
      throw new TokenFault('claims', 'Expected the claim scope: a text of words');
    return new TokenClaims(exp * 1000, channels ?? [], scope?.split(' ').filter(Boolean) ?? []);
  }

  /** Whether the claim `channels` contains a channel, or a prefix of its id. */
  permitsChannel(id: string): boolean {
    return this.channels.some((entry) =>
      entry.endsWith(WILDCARD) ? id.startsWith(entry.slice(0, -WILDCARD.length)) : id === entry,
    );
  }

  hasScope(scope: string): boolean {
    return this.scopes.includes(scope);
  }
}

function ownValue(payload: object, name: string): unknown {
  return Object.hasOwn(payload, name) ? (payload as Record<string, unknown>)[name] : undefined;
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string' && entry !== '');
}
