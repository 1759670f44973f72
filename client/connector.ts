import type { Outcome } from './end.js';
import type { WatchOptions } from './options.js';
import { sse } from './sse.js';
import type { Receiver, Transport } from './transport.js';
import { websocket, type WebSocketClass } from './websocket.js';

/** Milliseconds for a WebSocket to open while Server-Sent Events may still be tried. */
const FALLBACK_PATIENCE = 3000;
/** Milliseconds for the last resort to open. */
const PATIENCE = 10_000;

/** Makes one connection after another, each with the transport that works. */
export class Connector {
  readonly #transports: readonly Transport[];
  /** The one that worked, until it fails to open: the network may have become another one. */
  #kept: Transport | undefined;
  #known = false;

  constructor(
    private readonly url: URL,
    { transport = 'auto', ...options }: WatchOptions,
  ) {
    const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
    if (!Socket && transport === 'websocket')
      throw new TypeError('There is no global WebSocket: give one as an option');
    this.#transports = [
      ...(Socket && transport !== 'sse' ? [websocket(Socket)] : []),
      ...(transport === 'websocket' ? [] : [sse(options.fetch ?? fetch)]),
    ];
  }

  /** Keeps a connection that goes on behind the message `after` until it ends or is given up. Never rejects. */
  async connect(after: string | undefined, receiver: Receiver, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(this.url);
    if (after !== undefined) url.searchParams.set('after', after);
    const transports = this.#kept ? [this.#kept] : this.#transports;
    this.#kept = undefined;
    for (const transport of transports) {
      if (signal.aborted) break;
      const patience = transport === transports.at(-1) ? PATIENCE : FALLBACK_PATIENCE;
      const outcome = await this.#attempt(transport, url, patience, receiver, signal);
      if (this.#kept || outcome !== 'lost') return outcome;
    }
    return 'lost';
  }

  async #attempt(
    transport: Transport,
    url: URL,
    patience: number,
    receiver: Receiver,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const controller = new AbortController();
    const abort = (): void => {
      clearTimeout(timer);
      controller.abort();
    };
    const timer = setTimeout(abort, patience);
    const open = (audible: boolean): void => {
      if (controller.signal.aborted) return;
      clearTimeout(timer);
      this.#kept = transport;
      this.#known = true;
      receiver.open(audible);
    };
    signal.addEventListener('abort', abort);
    // A close may never complete on a dead link, so nobody waits for it.
    const given = new Promise<Outcome>((resolve) =>
      controller.signal.addEventListener('abort', () => resolve('lost')),
    );
    try {
      const request = { url, known: this.#known, signal: controller.signal };
      return await Promise.race([transport(request, { ...receiver, open }), given]);
    } catch {
      return 'lost';
    } finally {
      signal.removeEventListener('abort', abort);
      abort();
    }
  }
}
