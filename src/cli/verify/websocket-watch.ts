import { WebSocket } from 'ws';
import { channelUrl } from 'recodex-monitor/client';
import { currentToken } from '../token-option.js';
import { refusedUpgrade, routeProblem } from './route-problem.js';
import type { ConnectionClose, WatchConnection, WatchListener, WatchTarget } from './watch-connection.js';
import { malformed, parseFrame } from './watched-item.js';

/** Milliseconds that an upgrade may take. */
const OPEN_TIMEOUT_MS = 10_000;
/** Milliseconds that the server may take to answer a close. */
const CLOSE_TIMEOUT_MS = 1000;
/** Bytes of a frame. The monitor sends at most 64 KiB of items in a frame. */
const MAX_FRAME_BYTES = 1_048_576;

/** A stream of a channel over WebSocket. @param protocol the sub-protocol */
export function streamSocketWatch({ base, channel, token }: WatchTarget, protocol: string): WatchConnection {
  return async (after, listener, signal) => {
    const url = channelUrl(base, channel);
    if (after !== undefined) url.searchParams.set('after', after);
    const given = currentToken(token);
    // As in a browser, which can't set a header: a proxy may lose the sub-protocol.
    const protocols = given === undefined ? [protocol] : [protocol, `token.${given}`];
    return watchSocket({ url, protocols }, listener, signal);
  };
}

/** A channel over the protocol of the original. It has no positions: each connection starts with the first message. */
export function legacySocketWatch(base: string, channel: string): WatchConnection {
  // A proxy that forwards `/monitor/` redirects `/monitor`, and no WebSocket follows a redirect.
  const url = new URL(base.replace(/\/?$/, '/'));
  const target = { url, protocols: [], firstMessage: channel };
  return (_after, listener, signal) => watchSocket(target, listener, signal);
}

interface SocketTarget {
  readonly url: URL;
  readonly protocols: string[];
  readonly firstMessage?: string;
}

function watchSocket(
  { url, protocols, firstMessage }: SocketTarget,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<ConnectionClose> {
  const socket = new WebSocket(url.href.replace(/^http/, 'ws'), protocols, {
    perMessageDeflate: false,
    handshakeTimeout: OPEN_TIMEOUT_MS,
    maxPayload: MAX_FRAME_BYTES,
  });
  return new Promise((resolve) => {
    let problem: string | undefined;
    const close = (): void => {
      socket.close(1000);
      setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    };
    signal.addEventListener('abort', close);
    socket.on('open', () => {
      listener.onOpen();
      if (firstMessage !== undefined) socket.send(firstMessage);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      listener.onActivity();
      const items = isBinary ? [malformed('a binary frame')] : parseFrame(data.toString());
      for (const item of items) listener.onItem(item);
    });
    socket.on('ping', () => listener.onActivity());
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      problem = refusedUpgrade(statusCode);
      request.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => (problem ??= routeProblem(error)));
    socket.on('close', (code, reason) => {
      signal.removeEventListener('abort', close);
      const text = reason.toString();
      // The original closes with 1000 and without a reason.
      if (code === 1000) resolve({ isFinal: true, reason: text || 'finished' });
      else resolve({ isFinal: false, reason: problem ?? `close code ${code} ${text}`.trim() });
    });
  });
}
