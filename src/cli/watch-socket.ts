import { WebSocket } from 'ws';

/** The server pings every 20 s: a connection silent for this long is dead. */
const SILENCE_MS = 60_000;
/** Below the patience of the client library, which would hang up without an error to show. */
const HANDSHAKE_MS = 9000;
/** How long a server may take to answer our close. */
const GOODBYE_MS = 1000;
const LOST = 'connection lost';
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: LOST,
  ENOTFOUND: 'host not found',
};

/**
 * A class of WebSockets for the client library that do what a browser's can't: they notice silence, take the HTTP status
 * of a refused upgrade for an answer, and say why a connection has ended, before the library hears of it.
 */
export function watchSocket(say: (why: string) => void) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[] = []) {
      super(url, protocols, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS });
      let problem = '';
      say(LOST);
      const silence = setTimeout(() => this.terminate(), SILENCE_MS);
      const heard = (): void => void silence.refresh();
      this.on('ping', heard).on('message', heard);
      this.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
        problem = WORDS[code] ?? (message || code);
      });
      // A server that is busy or being restarted says 503, and so do proxies in their words (502, 504, 429).
      this.on('unexpected-response', (_request, { statusCode: status = 0 }) => {
        this.emit('close', status >= 500 || status === 429 ? 1013 : 1008, Buffer.from(`HTTP ${status}`));
      });
      this.once('close', (code: number, reason: Buffer) => {
        clearTimeout(silence);
        say(reason.toString() || problem || (code === 1006 ? LOST : `code ${code}`));
      });
    }

    override close(code: number): void {
      super.close(code);
      setTimeout(() => this.terminate(), GOODBYE_MS).unref();
    }
  };
}
