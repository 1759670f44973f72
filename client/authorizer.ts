import { refused, type End } from './end.js';
import type { WatchOptions } from './options.js';
import { accessProbe } from './sse-transport.js';
import type { Transport } from './transport.js';

/** A JWT, or a function that returns one for each connection. */
export type TokenOption = string | (() => string | Promise<string>);

const JWT = /^([\w-]+\.){2}[\w-]+$/;
const NO_TOKEN = refused('token');

/**
 * Makes transports ask for a token before they connect. After the server has refused a token, the next connection needs
 * another one. The stream ends if there is none, or if the server refuses that one too.
 */
export function authorizer({
  token: option = '',
  transport: only,
  fetch: fetcher,
}: WatchOptions): (transport: Transport) => Transport {
  // Finds out why a WebSocket did not open. Server-Sent Events tell the status by themselves.
  const probe = only === 'websocket' ? accessProbe(fetcher ?? fetch) : undefined;
  // `undefined` after a connection has opened.
  let refusedToken: string | undefined;
  return (transport) => async (request, listener) => {
    // The code of this module may have arrived after the abort.
    if (request.signal.aborted) return 'timeout';
    let token = '';
    try {
      token = typeof option === 'string' ? option : await option();
    } catch {
      // Before a refusal, a failure may be temporary: after a sleep, the network comes back late.
      if (!refusedToken) return 'token';
    }
    if (request.signal.aborted) return 'timeout';
    if (token === refusedToken || !JWT.test(token)) return NO_TOKEN;
    const authorized = { ...request, token };
    let explain = probe;
    const onOpen = (hasHeartbeats: boolean): void => {
      explain = refusedToken = undefined;
      listener.onOpen(hasHeartbeats);
    };
    let outcome = await transport(authorized, { ...listener, onOpen });
    if (typeof outcome === 'string' && explain) outcome = await explain(authorized);
    if (!/^(HTTP 401|1008 token)/.test((outcome as End).detail!)) return outcome;
    if (refusedToken || token === option) return NO_TOKEN;
    refusedToken = token;
    return 'token';
  };
}
