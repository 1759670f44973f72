import type { ConnectionOutcome } from './end.js';
import type { WatchOptions } from './options.js';
import type { StreamParts } from './stream-parts.js';
import type { ConnectionSource, Transport, TransportListener } from './transport.js';
import { webSocketTransport, type WebSocketClass } from './websocket-transport.js';

/** Milliseconds a WebSocket may take to open while Server-Sent Events are still an alternative. */
const FALLBACK_TIMEOUT = 3000;
/** Milliseconds the last transport of the list may take to open. */
const OPEN_TIMEOUT = 10_000;

interface AttemptOptions {
  /** Milliseconds that the transport may take to open. */
  readonly timeout: number;
  readonly listener: TransportListener;
  readonly signal: AbortSignal;
}

/** Opens one connection per call of `connect`. Prefers the transport that opened last. */
export class Connector implements ConnectionSource {
  readonly #url: URL;
  readonly #parts: StreamParts;
  readonly #transports: readonly Transport[];
  /**
   * The transport that opened last. A transport must open again to stay preferred, because the network may have
   * changed.
   */
  #preferred: Transport | undefined;
  #openedBefore = false;

  constructor(url: URL, options: WatchOptions, parts: StreamParts) {
    this.#url = url;
    this.#parts = parts;
    const { transport, token } = options;
    const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
    const fetcher = options.fetch ?? fetch;
    const transports: Transport[] = [];
    if (transport !== 'sse' && Socket) transports.push(webSocketTransport(Socket));
    if (transport !== 'websocket') transports.push(parts.sse(fetcher));
    else if (!Socket) throw new TypeError('No global WebSocket: pass the option WebSocket');
    // Server-Sent Events tell the status by themselves.
    const explainer = transport === 'websocket' ? fetcher : undefined;
    this.#transports = token ? transports.map(parts.authorizer(token, explainer)) : transports;
  }

  async connect(
    position: () => string | undefined,
    listener: TransportListener,
    signal: AbortSignal,
  ): Promise<ConnectionOutcome> {
    const url = new URL(this.#url);
    const after = position();
    if (after !== undefined) url.searchParams.set('after', after);
    const transports = this.#preferred ? [this.#preferred] : this.#transports;
    this.#preferred = undefined;
    let outcome: ConnectionOutcome = 'unreachable';
    for (const transport of transports) {
      if (signal.aborted) break;
      const timeout = transport === transports.at(-1) ? OPEN_TIMEOUT : FALLBACK_TIMEOUT;
      outcome = await this.#attempt(transport, url, { timeout, listener, signal });
      if (this.#preferred || typeof outcome === 'object') break;
    }
    return outcome;
  }

  #attempt(
    transport: Transport,
    url: URL,
    { timeout, listener, signal }: AttemptOptions,
  ): Promise<ConnectionOutcome> {
    const controller = new AbortController();
    const attempt = controller.signal;
    return new Promise((resolve) => {
      // Does not wait for the transport: on a dead link a close may never complete.
      const end = (outcome: ConnectionOutcome): void => {
        clearTimeout(timer);
        controller.abort();
        resolve(outcome);
      };
      const timer = setTimeout(end, timeout, 'timeout');
      signal.addEventListener('abort', () => end('timeout'), { signal: attempt });
      const onOpen = (hasHeartbeats: boolean): void => {
        if (attempt.aborted) return;
        clearTimeout(timer);
        if (!this.#openedBefore && this.#transports.length > 1) this.#parts.prepareFallback?.();
        this.#preferred = transport;
        this.#openedBefore = true;
        listener.onOpen(hasHeartbeats);
      };
      const request = { url, openedBefore: this.#openedBefore, signal: attempt };
      transport(request, { ...listener, onOpen }).then(end, () =>
        end(this.#preferred ? 'broken' : 'unreachable'),
      );
    });
  }
}
