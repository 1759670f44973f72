import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { HANDSHAKE_TIMEOUT } from './tls-handshakes.js';

/** Seconds that a client may take to send the head of its request, and the whole request. */
const HEAD_TIMEOUT = 10;
const REQUEST_TIMEOUT = 30;

/** Milliseconds between two checks of these timeouts. All late connections of a check are ended together. */
const TIMEOUT_CHECK = 1000;

/** Seconds that an idle connection is kept: longer than the 60 s after which proxies stop using a connection. */
export const KEEP_ALIVE = 75;

/** Options of both kinds of servers. */
const OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE * 1000,
  headersTimeout: HEAD_TIMEOUT * 1000,
  requestTimeout: REQUEST_TIMEOUT * 1000,
  connectionsCheckingInterval: TIMEOUT_CHECK,
  noDelay: true,
  // `RequestGate` answers a request without Host.
  requireHostHeader: false,
};

/** Creates a server for plain HTTP. */
export function createHttpServer(): Server {
  return createServer(OPTIONS);
}

/** Creates a server for HTTPS, without a certificate. With `requestCert`, clients need a certificate. */
export function createHttpsServer(requestCert: boolean): SecureServer {
  return createSecureServer({
    ...OPTIONS,
    requestCert,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: HANDSHAKE_TIMEOUT * 1000,
  });
}
