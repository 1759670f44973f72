import type { Random } from '../../simulation/random.js';
import type { Listener } from '../../../src/http/stream-request.js';
import { ODD_TEXTS } from '../odd-texts.js';
import { FUZZ_AUDIENCE, type TokenDemand } from '../profiles/token-forge.js';

/** The channel of all requests. */
export const TOKEN_CHANNEL = 'job-1';

/** Where a token is sent, and what it must permit. */
export interface TokenRequest extends TokenDemand {
  readonly listener: Listener;
}

/** Requests that need a token, and what the token must permit. */
export const TOKEN_REQUESTS = {
  summary: { listener: 'public', channel: TOKEN_CHANNEL },
  upgrade: { listener: 'public', channel: TOKEN_CHANNEL },
  subprotocol: { listener: 'public', channel: TOKEN_CHANNEL },
  publish: { listener: 'admin', channel: TOKEN_CHANNEL, scope: 'publish' },
  status: { listener: 'admin', scope: 'admin' },
} as const satisfies Record<string, TokenRequest>;

export type TokenRequestName = keyof typeof TOKEN_REQUESTS;

/** A token that is made when it is sent, because its signature and its times depend on the run. */
export interface TokenInput {
  readonly request: TokenRequestName;
  readonly kind: 'valid' | 'signed' | 'confused' | 'unsigned';
  /** The key that signs, as `TokenForge.token` counts them. */
  readonly key: number;
  readonly header: Readonly<Record<string, unknown>>;
  /** `exp` and `nbf` are seconds from now. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The seed of a change of the text of the token. */
  readonly change?: number;
}

const HEADER_VALUES: readonly unknown[] = [
  ...ODD_TEXTS.slice(0, 12),
  'HS256',
  'none',
  null,
  1,
  [],
  ['exp'],
  {},
];

/** Creates a token: valid, odd or forged. */
export function createTokenInput(random: Random): TokenInput {
  const kind = random.weighted({ valid: 15, signed: 75, confused: 5, unsigned: 5 });
  const request = random.pick(Object.keys(TOKEN_REQUESTS) as TokenRequestName[]);
  const isValid = kind === 'valid';
  return {
    request,
    kind,
    key: random.int(0, isValid ? 7 : 11),
    header: isValid || random.chance(0.6) ? {} : oddHeader(random),
    claims:
      isValid || random.chance(0.4)
        ? validClaims(TOKEN_REQUESTS[request])
        : oddClaims(TOKEN_REQUESTS[request], random),
    ...(!isValid && random.chance(0.4) && { change: random.int(0, 1e9) }),
  };
}

function validClaims({ channel, scope }: TokenDemand): Record<string, unknown> {
  return { exp: 600, aud: FUZZ_AUDIENCE, ...(channel && { channels: [channel] }), ...(scope && { scope }) };
}

function oddHeader(random: Random): Record<string, unknown> {
  const name = random.pick(['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'zip', '__proto__']);
  return Object.fromEntries([[name, random.pick(HEADER_VALUES)]]);
}

/** Valid claims with one or two changes, so that a check that is missing in the daemon is noticed. */
function oddClaims(request: TokenRequest, random: Random): Record<string, unknown> {
  const text = random.pick(ODD_TEXTS);
  const values: Readonly<Record<string, readonly unknown[]>> = {
    exp: [-600, 1e300, null, '600', undefined],
    nbf: [-600, 600, 'x'],
    aud: [[FUZZ_AUDIENCE], ['x'], text, undefined],
    channels: [['*'], ['job*'], ['job-*', text], ['job'], [''], text, undefined, {}],
    scope: ['admin', 'publish', 'admin publish', 'Admin', text, undefined, ['admin']],
  };
  const claims = validClaims(request);
  for (let i = random.int(1, 2); i > 0; i--) {
    const name = random.pick(Object.keys(values));
    claims[name] = random.pick(values[name]!);
  }
  return claims;
}
