import type { TLSSocket } from 'node:tls';

/** Why a TLS handshake failed. */
export type HandshakeFailure = keyof ReturnType<typeof noFailures>;

/** A counter for each reason. */
export function noFailures() {
  return {
    /** The client speaks HTTP without TLS. */
    plain_http: 0,
    /** The first byte of the client belongs neither to TLS nor to HTTP. */
    not_tls: 0,
    /** The client was too slow. */
    timeout: 0,
    /** The client has closed the connection during the handshake. */
    closed: 0,
    /** Client and server have no common version, cipher or application protocol. */
    no_agreement: 0,
    /** The client refuses the certificate of the server. */
    certificate_refused: 0,
    /** The client has no certificate from `tls.ca`. */
    client_certificate: 0,
    /** The client has broken the protocol. */
    other: 0,
  };
}

const CLOSED = ['ECONNRESET', 'EPIPE'];
const NO_AGREEMENT =
  /^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|NO_APPLICATION_PROTOCOL|NO_SUITABLE_\w+|VERSION_TOO_LOW|INAPPROPRIATE_FALLBACK)$/;
const CERTIFICATE_REFUSED = /^ERR_SSL_\w+_ALERT_(\w*CERTIFICATE\w*|UNKNOWN_CA)$/;

/** The reason of an error of Node's event `tlsClientError`. */
export function failureReason({ code = '' }: NodeJS.ErrnoException, socket: TLSSocket): HandshakeFailure {
  // Node reports a refused certificate of a client as a reset.
  if (socket.authorizationError || code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE')
    return 'client_certificate';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  if (CLOSED.includes(code)) return 'closed';
  if (NO_AGREEMENT.test(code)) return 'no_agreement';
  return CERTIFICATE_REFUSED.test(code) ? 'certificate_refused' : 'other';
}
