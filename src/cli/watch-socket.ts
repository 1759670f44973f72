import { WebSocket } from 'ws';

/** The server pings every 20 s by default. A connection without any message or ping for this long is dead. */
const SILENCE_TIMEOUT_MS = 60_000;
/** Shorter than the timeout of the client library, which would close the connection without an error to show. */
const HANDSHAKE_TIMEOUT_MS = 9000;
/** Milliseconds that the server may take to answer a close. */
const CLOSE_TIMEOUT_MS = 1000;
const CONNECTION_LOST = 'connection lost';
const ERROR_TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: CONNECTION_LOST,
  ENOTFOUND: 'host not found',
};

/**
 * Creates a WebSocket class for the client library. Unlike in a browser, a connection ends after a long silence, ends
 * with a close code if the server refuses the upgrade with an HTTP status, and reports the reason for its end.
 *
 * @param onReason called with the reason of an end before the client library receives the close event
 */
export function createWatchSocketClass(onReason: (reason: string) => void) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[] = []) {
      super(url, protocols, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_TIMEOUT_MS });
      const hasToken = protocols.some((name) => name.startsWith('token.'));
      let failure = '';
      onReason(CONNECTION_LOST);
      const silence = setTimeout(() => this.terminate(), SILENCE_TIMEOUT_MS);
      const restartTimer = (): void => void silence.refresh();
      this.on('ping', restartTimer).on('message', restartTimer);
      this.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
        failure = ERROR_TEXTS[code] ?? (message || code);
      });
      this.on('unexpected-response', (_request, { statusCode = 0 }) => {
        this.emit('close', ...closeOf(statusCode, hasToken));
      });
      this.once('close', (code: number, reason: Buffer) => {
        clearTimeout(silence);
        onReason(reason.toString() || failure || (code === 1006 ? CONNECTION_LOST : `code ${code}`));
      });
    }

    override close(code: number): void {
      super.close(code);
      setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
    }
  };
}

/** The close code and the reason that stand for a refused upgrade. */
function closeOf(status: number, hasToken: boolean): [number, Buffer] {
  // The client library then asks for another token.
  if (status === 401) return [1008, Buffer.from('token')];
  if (status === 403 && hasToken) return [1008, Buffer.from('HTTP 403: the token does not include this job')];
  // A busy or restarting server answers 503. Proxies answer 502, 504 or 429. Both are temporary.
  const isTemporary = status >= 500 || status === 429;
  return [isTemporary ? 1013 : 1008, Buffer.from(`HTTP ${status}`)];
}
