import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';

/**
 * The representations of a channel over HTTP. A client that accepts all of them gets the first, so a plain `curl -N`
 * shows the stream.
 */
export const REPRESENTATIONS = ['text/event-stream', 'application/json', 'text/html'] as const;

export type Representation = (typeof REPRESENTATIONS)[number];

/** Whether `Accept` names the event stream, as every EventSource does. */
export function namesEventStream({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/** The representation that `Accept` prefers; `undefined` when it allows none. */
export function representationFor(request: IncomingMessage): Representation | undefined {
  return (accepts(request).type([...REPRESENTATIONS]) || undefined) as Representation | undefined;
}
