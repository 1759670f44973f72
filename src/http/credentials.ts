import type { IncomingMessage } from 'node:http';

/** The credentials of a client. */
export interface Credentials {
  /** A JWT that is not checked yet. */
  readonly token: string | undefined;
}

/** The prefix of a sub-protocol that carries a token, because a browser can't set headers of a WebSocket. */
export const TOKEN_PROTOCOL = 'token.';

const BEARER = /^Bearer +(\S+) *$/i;
const NO_CREDENTIALS: Credentials = { token: undefined };

/** Reads the token of a request: from `Authorization: Bearer`, otherwise from the sub-protocol `token.<jwt>`. */
export function credentialsOf({ headers }: IncomingMessage): Credentials {
  const token =
    BEARER.exec(headers.authorization ?? '')?.[1] ?? protocolToken(headers['sec-websocket-protocol']);
  return token === undefined ? NO_CREDENTIALS : { token };
}

function protocolToken(protocols: string | undefined): string | undefined {
  if (!protocols?.includes(TOKEN_PROTOCOL)) return undefined;
  const offer = protocols.split(',').map((name) => name.trim());
  return offer.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length) || undefined;
}
