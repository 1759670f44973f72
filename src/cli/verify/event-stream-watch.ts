import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { channelUrl } from 'recodex-monitor/client';
import { EventStreamParser } from '../../../client/event-stream.js';
import { authorization, currentToken } from '../token-option.js';
import { refusedEvents, routeProblem } from './route-problem.js';
import type { ConnectionClose, WatchConnection, WatchListener, WatchTarget } from './watch-connection.js';
import { parseFrame } from './watched-item.js';

/** Characters without a complete event after which the response counts as damaged. */
const MAX_EVENT_CHARACTERS = 1_048_576;
const TYPE = 'text/event-stream';

/** A stream of a channel as Server-Sent Events. */
export function eventStreamWatch({ base, channel, token }: WatchTarget): WatchConnection {
  return async (after, listener, signal) => {
    const url = channelUrl(base.replace(/^ws/, 'http'), channel);
    if (after !== undefined) url.searchParams.set('after', after);
    const headers = { Accept: TYPE, ...authorization(currentToken(token)) };
    return watchEvents({ url, headers }, listener, signal);
  };
}

interface EventsRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

function watchEvents(
  { url, headers }: EventsRequest,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<ConnectionClose> {
  return new Promise((resolve) => {
    const lost = (reason: string): void => resolve({ isFinal: false, reason });
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    // Without an agent, no connection is shared between streams.
    const request = get(url, { headers, agent: false, signal }, (response) => {
      const {
        statusCode = 0,
        headers: { 'content-type': type },
      } = response;
      if (statusCode === 204) return resolve({ isFinal: true, reason: 'finished' });
      if (statusCode !== 200 || !type?.startsWith(TYPE)) {
        request.destroy();
        return lost(refusedEvents(statusCode, type));
      }
      listener.onOpen();
      readEvents(response, listener, (end) => {
        resolve({ isFinal: true, reason: end });
        request.destroy();
      });
      response.on('close', () => lost('the response ended'));
      response.on('error', (error) => lost(routeProblem(error)));
    });
    request.on('error', (error) => lost(routeProblem(error)));
  });
}

function readEvents(response: IncomingMessage, listener: WatchListener, onEnd: (text: string) => void): void {
  const parser = new EventStreamParser();
  let pending = 0;
  response.setEncoding('utf8').on('data', (text: string) => {
    listener.onActivity();
    const events = parser.push(text);
    pending = events.length > 0 ? 0 : pending + text.length;
    if (pending > MAX_EVENT_CHARACTERS) response.destroy();
    for (const { data } of events) {
      for (const item of parseFrame(data)) {
        if (item.end !== undefined) return onEnd(item.end);
        listener.onItem(item);
      }
    }
  });
}
