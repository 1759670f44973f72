import { endFromText, type ConnectionOutcome } from './end.js';
import { EventStreamParser, type ServerSentEvent } from './event-stream.js';
import { parseItem, parseReset, type Item } from './item.js';
import type { WatchOptions } from './options.js';
import { classifyResponse } from './response.js';
import type { Transport, TransportRequest } from './transport.js';

/** Asks the server why another transport did not open. A loss: the token is not the reason. */
export type AccessProbe = (request: TransportRequest) => Promise<ConnectionOutcome>;

/** A heartbeat of the server. */
const COMMENT = /^:[^\r\n]*\s*$/;

/**
 * The stream as Server-Sent Events, read with `fetch`. An EventSource would hide the status and the comments, and Node
 * has none. The position is sent as `?after=`: a Last-Event-ID header would cost other origins a preflight request.
 */
export function sseTransport(options: WatchOptions): Transport {
  const fetcher = options.fetch ?? fetch;
  return async (request, listener) => {
    const { openedBefore, signal } = request;
    // The code of this module may have arrived after the abort.
    if (signal.aborted) return 'timeout';
    const { status, headers, body } = await requestEvents(fetcher, request);
    const outcome = classifyResponse(status, headers.get('Content-Type'), openedBefore);
    if (outcome) return outcome;
    listener.onOpen(true);
    const reader = body!.getReader();
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return 'closed';
      const text = decoder.decode(value, { stream: true });
      listener.onActivity(COMMENT.test(text));
      try {
        for (const event of parser.push(text)) {
          if (event.event === 'end') return endFromText(event.data);
          const item = itemOf(event);
          if (item) listener.onItem(item);
        }
      } catch {
        return 'invalid';
      }
    }
  };
}

function itemOf({ event, data }: ServerSentEvent): Item | undefined {
  if (event === 'reset') return parseReset(data);
  return /^(continue)?$/.test(event) ? parseItem(JSON.parse(data)) : undefined;
}

/** A probe that requests Server-Sent Events and reads only the status: a browser hides the status of a refused WebSocket. */
export function accessProbe(fetcher: typeof fetch): AccessProbe {
  return async (request) => {
    const { status } = await requestEvents(fetcher, request);
    return classifyResponse(status, null, true)!;
  };
}

function requestEvents(fetcher: typeof fetch, { url, token, signal }: TransportRequest): Promise<Response> {
  const authorization = token && { Authorization: `Bearer ${token}` };
  const init = {
    headers: { Accept: 'text/event-stream', ...authorization },
    // With the cache of Firefox, a request waits until another tab has received the whole stream of the same URL.
    cache: 'no-store' as const,
    signal,
  };
  return fetcher(url.href.replace(/^ws/, 'http'), init);
}
