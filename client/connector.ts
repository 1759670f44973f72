import type { Outcome } from './end.js';
import type { WatchOptions } from './options.js';
import { sse } from './sse.js';
import type { Receiver, Transport } from './transport.js';
import { websocket, type WebSocketClass } from './websocket.js';

/** Milliseconds for a WebSocket to open while Server-Sent Events may still be tried. */
const FALLBACK_PATIENCE = 3000;
/** Milliseconds for the last resort to open. */
const PATIENCE = 10_000;

/** Makes one connection after another, each with a fresh token and the transport that works. */
export class Connector {
  readonly #token: WatchOptions['token'];
  readonly #transports: readonly Transport[];
  /** The one that worked, until it fails to open: the network may have become another one. */
  #kept: Transport | undefined;
  #known = false;

  constructor(
    private readonly url: URL,
    { token, transport = 'auto', ...options }: WatchOptions,
  ) {
    this.#token = token;
    const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
    if (!Socket && transport === 'websocket')
      throw new TypeError('There is no global WebSocket: give one as an option');
    this.#transports = [
      ...(Socket && transport !== 'sse' ? [websocket(Socket)] : []),
      ...(transport === 'websocket' ? [] : [sse(options.fetch ?? fetch)]),
    ];
  }

  /** Whether a refused token can be followed by another one. */
  get renewsToken(): boolean {
    return typeof this.#token === 'function';
  }

  /** Keeps a connection that goes on behind the message `after` until it ends. Never rejects. */
  async connect(after: string | undefined, receiver: Receiver, signal: AbortSignal): Promise<Outcome> {
    try {
      const token = typeof this.#token === 'function' ? await this.#token() : this.#token;
      const url = new URL(this.url);
      if (after !== undefined) url.searchParams.set('after', after);
      const transports = this.#kept ? [this.#kept] : this.#transports;
      this.#kept = undefined;
      for (const transport of transports) {
        if (signal.aborted) break;
        const patience = transport === transports.at(-1) ? PATIENCE : FALLBACK_PATIENCE;
        const open = (): void => {
          this.#kept = transport;
          this.#known = true;
          receiver.open();
        };
        const request = { url, token, patience, known: this.#known, signal };
        const outcome = await transport(request, { ...receiver, open }).catch((): Outcome => 'lost');
        if (this.#kept || outcome !== 'lost') return outcome;
      }
    } catch {
      // The token could not be had: perhaps the next time.
    }
    return 'lost';
  }
}
