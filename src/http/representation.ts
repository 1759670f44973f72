import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';
import type { ChannelFile } from './route.js';

/**
 * The representations of a channel over HTTP. A client that accepts all of them gets the first, so a plain `curl -N`
 * shows the stream.
 */
export const REPRESENTATIONS = [
  'text/event-stream',
  'application/json',
  'text/html',
  'application/x-ndjson',
] as const;

/** The order for a URL with `from`: a client that accepts all representations gets a range of messages. */
const RANGE_FIRST = ['application/x-ndjson', ...REPRESENTATIONS];

/** A badge is never negotiated: it has a path of its own. */
export type Representation = (typeof REPRESENTATIONS)[number] | 'image/svg+xml';

/** The representation that the path of a file names. */
export const REPRESENTATION_OF_FILE: Readonly<Record<ChannelFile, Representation>> = {
  'badge.svg': 'image/svg+xml',
  'summary.json': 'application/json',
  'messages.ndjson': 'application/x-ndjson',
};

/** The query of a range of messages names its first message. */
const HAS_FROM = /[?&]from=/;

/** Whether `Accept` names the event stream, as every EventSource does. */
export function namesEventStream({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/** The representation that `Accept` prefers; `undefined` when it allows none. */
export function representationFor(request: IncomingMessage): Representation | undefined {
  const offered = HAS_FROM.test(request.url ?? '') ? RANGE_FIRST : [...REPRESENTATIONS];
  return (accepts(request).type(offered) || undefined) as Representation | undefined;
}
