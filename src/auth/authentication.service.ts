import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { authConfig } from '../config/namespaces.js';
import type { Access, AccessDenied, Authenticator } from '../http/access.js';
import { HttpServers } from '../http/http-servers.js';
import type { Listener, StreamRequest } from '../http/stream-request.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { demandScope, isPublicOnAdmin } from './admin-rules.js';
import { KeySet } from './key-set.js';
import type { TokenClaims } from './token-claims.js';
import { TOKEN_FAULTS, TokenFault, type TokenFaultReason } from './token-fault.js';
import { TokenVerifier } from './token-verifier.js';

/** The status of each reason; 401 for all others. */
const STATUSES: Partial<Record<TokenFaultReason, AccessDenied['status']>> = {
  channel: 403,
  scope: 403,
  busy: 503,
};

/** Decides which requests need a token, and what each token permits. Without `auth.keys` it does nothing. */
@Injectable()
export class AuthenticationService implements Authenticator, OnModuleInit {
  /** Requests refused because of their token, by reason. */
  readonly refused = zeroOfEachReason();

  private readonly refusals = new ThrottledWarning(
    new Logger('Auth'),
    'Refused a request because of its token',
  );
  private verifier: TokenVerifier | undefined;

  constructor(
    @Inject(authConfig.KEY) private readonly settings: ConfigType<typeof authConfig>,
    private readonly servers: HttpServers,
  ) {}

  // The listeners open later.
  onModuleInit(): Promise<void> {
    return this.reload();
  }

  /**
   * Reads the key files again. Rejects with a `ConfigError` when one of them is wrong, and keeps the keys that it has. A
   * stream that is open ends when its token expires, not when its key is removed.
   */
  async reload(): Promise<void> {
    const { keys } = this.settings;
    // Without keys, jose is not loaded.
    this.verifier =
      keys.length > 0 ? await TokenVerifier.create(KeySet.load(keys, 'auth.keys'), this.settings) : undefined;
    this.servers.access.authenticator = this.verifier && this;
  }

  check(streamRequest: StreamRequest, request: IncomingMessage): Promise<Access> | undefined {
    return streamRequest.listener === 'admin'
      ? this.checkAdmin(streamRequest, request)
      : this.checkPublic(streamRequest);
  }

  private checkAdmin(streamRequest: StreamRequest, request: IncomingMessage): Promise<Access> | undefined {
    if (!this.settings.admin || isPublicOnAdmin(request)) return undefined;
    return this.accessOf(streamRequest, (claims) => demandScope(request, claims));
  }

  // The page itself contains no data of a channel. A browser could not send a token with the request for it.
  private checkPublic(streamRequest: StreamRequest): Promise<Access> | undefined {
    const { route, representation } = streamRequest;
    if (representation === undefined || representation === 'text/html') return undefined;
    if (route.kind === 'legacy')
      return this.settings.legacy === 'allow'
        ? undefined
        : Promise.resolve(this.denied(new TokenFault('legacy'), streamRequest));
    return this.accessOf(streamRequest, (claims) => {
      if (route.kind === 'channel' && !claims.permitsChannel(route.id)) throw new TokenFault('channel');
    });
  }

  private async accessOf(
    streamRequest: StreamRequest,
    demand: (claims: TokenClaims) => void,
  ): Promise<Access> {
    const { token } = streamRequest.credentials;
    try {
      if (token === undefined) throw new TokenFault('missing');
      const claims = await this.verifier!.verify(token);
      demand(claims);
      return { granted: true, expiresAt: claims.expiresAt + this.settings.clock_tolerance * 1000 };
    } catch (error) {
      if (error instanceof TokenFault) return this.denied(error, streamRequest);
      throw error;
    }
  }

  private denied({ reason, message }: TokenFault, { listener, clientAddress }: RefusedRequest): AccessDenied {
    this.refused[reason]++;
    this.refusals.warn({ reason, listener, address: clientAddress });
    return { granted: false, status: STATUSES[reason] ?? 401, text: message };
  }
}

interface RefusedRequest {
  readonly listener: Listener;
  readonly clientAddress: string;
}

function zeroOfEachReason(): Record<TokenFaultReason, number> {
  const zeros = Object.keys(TOKEN_FAULTS).map((reason) => [reason, 0]);
  return Object.fromEntries(zeros) as Record<TokenFaultReason, number>;
}
