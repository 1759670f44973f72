import type { ConnectionOutcome } from './end.js';
import type { StreamOptions, StreamParts } from './stream-parts.js';
import type { ConnectionSource, Transport } from './transport.js';
import { webSocketTransport, type WebSocketClass } from './websocket-transport.js';

/** Milliseconds a WebSocket may take to open while Server-Sent Events are still an alternative. */
const FALLBACK_TIMEOUT = 3000;
/** Milliseconds the last transport of the list may take to open. */
const OPEN_TIMEOUT = 10_000;

/** Opens one connection per call. Prefers the transport that opened last. */
export function createConnector(base: URL, options: StreamOptions): ConnectionSource {
  const transports = transportsOf(options);
  /**
   * The transport that opened last. A transport must open again to stay preferred, because the network may have
   * changed.
   */
  let preferred: Transport | undefined;
  let openedBefore = false;

  return async (position, listener, signal) => {
    const url = new URL(base);
    const after = position();
    if (after) url.searchParams.set('after', after);

    const attempt = (transport: Transport, timeout: number): Promise<ConnectionOutcome> =>
      new Promise((resolve) => {
        const controller = new AbortController();
        const over = controller.signal;
        // Does not wait for the transport: on a dead link a close may never complete.
        const end = (outcome: ConnectionOutcome): void => {
          clearTimeout(timer);
          controller.abort();
          resolve(outcome);
        };
        const timer = setTimeout(end, timeout, 'timeout');
        signal.addEventListener('abort', () => end('timeout'));
        const onOpen = (hasHeartbeats: boolean): void => {
          if (over.aborted) return;
          clearTimeout(timer);
          preferred = transport;
          openedBefore = true;
          listener.onOpen(hasHeartbeats);
        };
        transport({ url, openedBefore, signal: over }, { ...listener, onOpen }).then(end, () =>
          end(preferred ? 'broken' : 'unreachable'),
        );
      });

    const candidates = preferred ? [preferred] : transports;
    preferred = undefined;
    let outcome: ConnectionOutcome = 'unreachable';
    for (const transport of candidates) {
      if (signal.aborted || preferred || typeof outcome === 'object') break;
      outcome = await attempt(transport, transport === transports.at(-1) ? OPEN_TIMEOUT : FALLBACK_TIMEOUT);
    }
    return outcome;
  };
}

/** The transports in the order of preference. Throws a TypeError if there is none. */
function transportsOf(options: StreamOptions): readonly Transport[] {
  const { transport, token, load } = options;
  const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
  const later =
    (create: (parts: StreamParts) => Transport): Transport =>
    async (...request) =>
      create(await load())(...request);
  const transports: Transport[] = [];
  if (transport !== 'sse' && Socket) transports.push(webSocketTransport(Socket));
  if (transport !== 'websocket') transports.push(later((parts) => parts.sseTransport(options)));
  else if (!Socket) throw new TypeError('No global WebSocket: pass the option WebSocket');
  if (!token) return transports;
  // One authorizer serves all transports of a stream, because it remembers a refused token.
  let authorize: ReturnType<StreamParts['authorizer']> | undefined;
  return transports.map((authorized) =>
    later((parts) => (authorize ??= parts.authorizer(options))(authorized)),
  );
}
