import type { JWTPayload } from 'jose';
import type { KeySet } from './key-set.js';
import { EXP_EXPECTED, TokenClaims } from './token-claims.js';
import { TokenFault, type TokenFaultReason } from './token-fault.js';
import type { TokenKey } from './token-key.js';
import { VerificationQueue } from './verification-queue.js';

type Jose = typeof import('jose');

/** Bytes of the longest token. Node.js limits the head of a request to 16 KiB. */
const MAX_TOKEN_BYTES = 8192;

/** The keys of `auth` that the verifier reads with each token. */
export interface VerifierSettings {
  readonly audience: string | null;
  /** Seconds. */
  readonly clock_tolerance: number;
}

/** The reason for each failed claim that jose checks. */
const CLAIM_FAULTS: ReadonlyMap<string, TokenFaultReason> = new Map([
  ['nbf', 'not_yet_valid'],
  ['aud', 'audience'],
]);

/** Verifies tokens: signature, time and audience. */
export class TokenVerifier {
  private readonly queue = new VerificationQueue();

  private constructor(
    private readonly jose: Jose,
    private readonly keys: KeySet,
    private readonly settings: VerifierSettings,
  ) {}

  // Imported here, so that a monitor without `auth` does not load it.
  static async create(keys: KeySet, settings: VerifierSettings): Promise<TokenVerifier> {
    return new TokenVerifier(await import('jose'), keys, settings);
  }

  /** Resolves with the claims of a token. Rejects with a `TokenFault`. */
  async verify(token: string): Promise<TokenClaims> {
    if (token.length > MAX_TOKEN_BYTES) throw new TokenFault('too_long');
    const { alg, kid } = this.headerOf(token);
    // The key decides about the algorithm: a public key is never tried as a secret, and nothing fits `none`.
    const candidates = this.keys.candidates(alg, kid);
    if (candidates.length === 0) throw new TokenFault('algorithm');
    if (this.queue.isFull) throw new TokenFault('busy');
    return TokenClaims.read(await this.queue.run(() => this.verifyWith(candidates, token)));
  }

  private headerOf(token: string): { alg?: unknown; kid?: unknown } {
    try {
      return this.jose.decodeProtectedHeader(token);
    } catch {
      throw new TokenFault('malformed');
    }
  }

  private async verifyWith(candidates: readonly TokenKey[], token: string): Promise<JWTPayload> {
    for (const { key, algorithm } of candidates) {
      const payload = await this.tryKey(key, { algorithms: [algorithm] }, token);
      if (payload) return payload;
    }
    throw new TokenFault('signature');
  }

  /** Resolves with `undefined` if the key does not verify the signature. */
  private async tryKey(
    key: TokenKey['key'],
    options: { algorithms: string[] },
    token: string,
  ): Promise<JWTPayload | undefined> {
    const { audience, clock_tolerance: clockTolerance } = this.settings;
    try {
      const { payload } = await this.jose.jwtVerify(token, key, {
        ...options,
        clockTolerance,
        requiredClaims: ['exp'],
        ...(audience !== null && { audience }),
      });
      return payload;
    } catch (error) {
      if (error instanceof this.jose.errors.JWSSignatureVerificationFailed) return undefined;
      throw this.faultOf(error);
    }
  }

  private faultOf(error: unknown): TokenFault {
    const { errors } = this.jose;
    if (error instanceof errors.JWTExpired) return new TokenFault('expired');
    if (!(error instanceof errors.JWTClaimValidationFailed)) return new TokenFault('malformed');
    const reason = CLAIM_FAULTS.get(error.claim);
    return reason ? new TokenFault(reason) : new TokenFault('claims', EXP_EXPECTED);
  }
}
