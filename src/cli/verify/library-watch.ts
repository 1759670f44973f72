import { once } from 'node:events';
import { WebSocket } from 'ws';
import { channelUrl, watch } from 'recodex-monitor/client';
import { routeProblem } from './route-problem.js';
import type { WatchConnection, WatchTarget } from './watch-connection.js';

/** Milliseconds that the server may take to answer a close. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * A stream of a channel with the client library, which connects again and resumes by itself, as in a browser.
 *
 * @param random chooses the delays between two attempts; Math.random by default
 */
export function libraryWatch({ base, channel, token }: WatchTarget, random = Math.random): WatchConnection {
  return async (_after, listener, signal) => {
    let reason = 'the client library did not connect';
    const Socket = createLibrarySocketClass((text) => (reason = text));
    const stream = watch(channelUrl(base, channel), { WebSocket: Socket, token, signal, random });
    let opened = false;
    stream.addEventListener('state', ({ detail }) => {
      if (detail === 'live') {
        opened = true;
        reason = 'the connection was lost';
        listener.onOpen();
      } else if (detail === 'waiting' && opened) listener.onItem({ lost: reason });
    });
    stream.addEventListener('message', ({ detail }) => {
      listener.onActivity();
      listener.onItem({ ...detail });
    });
    stream.addEventListener('reset', ({ detail }) => listener.onItem({ reset: detail }));
    stream.addEventListener('continue', ({ detail }) => listener.onItem({ ...detail }));
    await once(stream, 'end');
    const { reason: end, detail } = stream.end!;
    if (end === 'finished' || end === 'idle') return { isFinal: true, reason: end };
    return { isFinal: end === 'refused', reason: detail ?? reason };
  };
}

/** A WebSocket that says why it ended. @param onReason called before the client library gets the close event */
function createLibrarySocketClass(onReason: (reason: string) => void) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[] = []) {
      super(url, protocols, { perMessageDeflate: false });
      let problem: string | undefined;
      this.on('error', (error) => (problem = routeProblem(error)));
      this.once('close', (code, text) => onReason(problem ?? `close code ${code} ${text.toString()}`.trim()));
    }

    override close(code: number): void {
      super.close(code);
      setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
    }
  };
}
