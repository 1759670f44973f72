/** What each error of a connection means. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EPROTO: 'TLS failed: the server does not speak TLS on this port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS failed: the server does not speak TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS failed: the server does not speak TLS on this port',
  CERT_HAS_EXPIRED: 'TLS failed: the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS failed: the certificate belongs to another name',
};
const UNTRUSTED =
  'TLS failed: the certificate is signed by nobody this machine trusts (NODE_EXTRA_CA_CERTS=FILE adds a certificate authority)';
const UNTRUSTED_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The error of a connection, for a person. */
export function routeProblem(error: Error & { readonly code?: string }): string {
  const { code = '', message } = error;
  if (UNTRUSTED_CODES.has(code)) return UNTRUSTED;
  // A host with several addresses: one error for each address.
  if (error instanceof AggregateError && error.errors[0] instanceof Error)
    return routeProblem(error.errors[0]);
  return PROBLEMS[code] ?? (message || code);
}

/** A refused upgrade to a WebSocket, for a person. */
export function refusedUpgrade(status: number): string {
  return `WebSocket upgrade refused: HTTP ${status}`;
}

/** A response that is no event stream, for a person. */
export function refusedEvents(status: number, type: string | undefined): string {
  if (status === 200) return `expected text/event-stream, got ${type ?? 'no Content-Type'}`;
  return `event stream refused: HTTP ${status}`;
}
