/** Why a token is refused, with the sentence that explains the reason to the person who made the token. */
export const TOKEN_FAULTS = {
  missing: 'Expected a token: "Authorization: Bearer <jwt>", or the WebSocket sub-protocol "token.<jwt>"',
  legacy: 'Clients of the original protocol are refused; use /channels/<id> with a token (auth.legacy)',
  too_long: 'The token is longer than 8192 bytes; name fewer channels, or use prefixes',
  malformed: 'The token is not a JWT in compact form: three parts in base64url, separated by dots',
  algorithm: 'No key of auth.keys has the algorithm of the token',
  signature: 'No key of auth.keys verifies the signature of the token',
  expired: 'The token has expired (exp)',
  not_yet_valid: 'The token is not valid yet (nbf); compare the clocks of both machines',
  audience: 'The claim aud of the token is not auth.audience',
  claims: 'A claim of the token is missing or has the wrong type',
  channel: 'The claim channels of the token does not contain this channel',
  scope:
    'The claim scope of the token does not permit this request; expected admin, or metrics for /metrics, or publish to publish',
  busy: 'Too many tokens are being checked; try again',
} as const;

export type TokenFaultReason = keyof typeof TOKEN_FAULTS;

/** A token is refused. The message contains nothing of the token, so it may be sent and logged. */
export class TokenFault extends Error {
  override readonly name = 'TokenFault';

  /** @param detail replaces the sentence of the reason */
  constructor(
    readonly reason: TokenFaultReason,
    detail: string = TOKEN_FAULTS[reason],
  ) {
    super(detail);
  }
}
