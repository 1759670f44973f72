import { classifyResponse, endFromText } from './end.js';
import { EventStreamParser } from './event-stream.js';
import { parseItem, parseReset } from './item.js';
import type { Transport } from './transport.js';

/** A heartbeat of the server. */
const COMMENT = /^:[^\r\n]*\s*$/;

/**
 * The stream as Server-Sent Events, read with `fetch`. An EventSource would hide the status and the comments, and Node
 * has none. The position is sent as `?after=`: a Last-Event-ID header would cost other origins a preflight request.
 */
export function sseTransport(fetcher: typeof fetch): Transport {
  return async ({ url, openedBefore, signal }, listener) => {
    const { status, headers, body } = await fetcher(url.href.replace(/^ws/, 'http'), {
      headers: { Accept: 'text/event-stream' },
      signal,
    });
    const outcome = classifyResponse(status, headers.get('Content-Type'), openedBefore);
    if (outcome) return outcome;
    listener.onOpen(true);
    const reader = body!.getReader();
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return 'lost';
      const text = decoder.decode(value, { stream: true });
      listener.onActivity(COMMENT.test(text));
      for (const { event, data } of parser.push(text)) {
        if (event === 'end') return endFromText(data);
        const item =
          event === 'reset'
            ? parseReset(data)
            : /^(continue)?$/.test(event)
              ? parseItem(JSON.parse(data))
              : undefined;
        if (item) listener.onItem(item);
      }
    }
  };
}
