import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';
import type { ChannelFile } from './route.js';

/**
 * The representations of a channel over HTTP. A client that accepts all of them gets the first, so a plain `curl -N`
 * shows the stream.
 */
export const REPRESENTATIONS = ['text/event-stream', 'application/json', 'text/html'] as const;

/** A badge is never negotiated: it has a path of its own. */
export type Representation = (typeof REPRESENTATIONS)[number] | 'image/svg+xml';

/** The representation that the path of a file names. */
export const REPRESENTATION_OF_FILE: Readonly<Record<ChannelFile, Representation>> = {
  'badge.svg': 'image/svg+xml',
  'summary.json': 'application/json',
};

/** Whether `Accept` names the event stream, as every EventSource does. */
export function namesEventStream({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/** The representation that `Accept` prefers; `undefined` when it allows none. */
export function representationFor(request: IncomingMessage): Representation | undefined {
  return (accepts(request).type([...REPRESENTATIONS]) || undefined) as Representation | undefined;
}
