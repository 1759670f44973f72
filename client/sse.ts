import { endOf, outcomeOfResponse } from './end.js';
import { EventStreamParser } from './event-stream.js';
import { parseItem, resetOf } from './item.js';
import type { Transport } from './transport.js';

/** The server's heartbeat. */
const COMMENT = /^:[^\r\n]*\s*$/;

/**
 * The stream as Server-Sent Events, read with `fetch`: an EventSource tells no status and no comments, and Node has none. The
 * position goes as `?after=`, as a Last-Event-ID header would make other origins ask in a preflight first.
 */
export function sse(fetcher: typeof fetch): Transport {
  return async ({ url, known, signal }, receiver) => {
    const { status, headers, body } = await fetcher(url.href.replace(/^ws/, 'http'), {
      headers: { Accept: 'text/event-stream' },
      signal,
    });
    const outcome = outcomeOfResponse(status, headers.get('Content-Type'), known);
    if (outcome) return outcome;
    receiver.open(true);
    const reader = body!.getReader();
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return 'lost';
      const text = decoder.decode(value, { stream: true });
      receiver.heard(COMMENT.test(text));
      for (const { event, data } of parser.push(text)) {
        if (event === 'end') return endOf(data);
        const item =
          event === 'reset' ? resetOf(data) : event === '' ? parseItem(JSON.parse(data)) : undefined;
        if (item) receiver.take(item);
      }
    }
  };
}
