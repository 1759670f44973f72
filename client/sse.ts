import { endOf, outcomeOfResponse } from './end.js';
import { EventStreamParser } from './event-stream.js';
import { parseItem, resetOf } from './item.js';
import type { Transport } from './transport.js';

/** Milliseconds without a byte after which a connection is given up; the server sends a comment every 20 s. */
const SILENCE = 60_000;

/**
 * The stream as Server-Sent Events, read with `fetch`: an EventSource can't carry a token, doesn't tell a status, and Node
 * has none. The position goes as `?after=`, as a Last-Event-ID header would make other origins ask in a preflight first.
 */
export function sse(fetcher: typeof fetch): Transport {
  return async ({ url, token, patience, known, signal }, receiver) => {
    const controller = new AbortController();
    const drop = (): void => {
      clearTimeout(timer);
      controller.abort();
    };
    let timer = setTimeout(drop, patience);
    signal.addEventListener('abort', drop);
    try {
      const { status, headers, body } = await fetcher(url.href.replace(/^ws/, 'http'), {
        headers: {
          Accept: 'text/event-stream',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
        signal: controller.signal,
      });
      const outcome = outcomeOfResponse(status, headers.get('Content-Type'), known);
      if (outcome) return outcome;
      receiver.open();
      const reader = body!.getReader();
      const decoder = new TextDecoder();
      const parser = new EventStreamParser();
      for (;;) {
        clearTimeout(timer);
        timer = setTimeout(drop, SILENCE);
        const { done, value } = await reader.read();
        if (done) return 'lost';
        for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
          if (event === 'end') return endOf(data);
          const item = event === 'reset' ? resetOf(data) : event === '' ? parseItem(data) : undefined;
          if (item) receiver.take(item);
        }
      }
    } finally {
      signal.removeEventListener('abort', drop);
      drop();
    }
  };
}
