import type { TokenKeySource } from '../config/auth-settings.js';
import { ConfigError, type Problem } from '../config/problem.js';
import { readJsonWebKeys } from './json-web-keys.js';
import { KeyFile, KeyFileFault } from '../config/key-file.js';
import { readTokenKey, type TokenKey } from './token-key.js';

/** Keys of one algorithm with which a token is tried. */
const MAX_TRIED = 16;

/** The keys that verify tokens. */
export class KeySet {
  constructor(private readonly keys: readonly TokenKey[]) {}

  /**
   * Reads the key files. Throws a `ConfigError` that lists all problems.
   *
   * @param origin the configuration file, for the error
   */
  static load(sources: readonly TokenKeySource[], origin: string): KeySet {
    const problems: Problem[] = [];
    const keys = sources.flatMap((source) => {
      const path = 'jwks' in source ? source.jwks : source.file;
      try {
        const file = KeyFile.read(path);
        return 'jwks' in source ? readJsonWebKeys(file) : readTokenKey(source.alg, file);
      } catch (error) {
        if (!(error instanceof KeyFileFault)) throw error;
        problems.push({ key: 'auth.keys', expected: error.expected, got: error.got, source: path });
        return [];
      }
    });
    if (problems.length > 0) throw new ConfigError(origin, problems);
    return new KeySet(keys);
  }

  /** The keys of an algorithm. A key with the `kid` of the token comes first. */
  candidates(algorithm: unknown, id: unknown): TokenKey[] {
    const keys = this.keys.filter((key) => key.algorithm === algorithm);
    const isNamed = (key: TokenKey): number => Number(key.id !== undefined && key.id === id);
    return keys.toSorted((a, b) => isNamed(b) - isNamed(a)).slice(0, MAX_TRIED);
  }
}
