import type { IncomingMessage } from 'node:http';
import accepts from 'accepts';

/** The forms in which HTTP gives a channel. Who accepts any gets the first: a plain `curl -N` shows the stream. */
export const REPRESENTATIONS = ['text/event-stream', 'application/json', 'text/html'] as const;

export type Representation = (typeof REPRESENTATIONS)[number];

/** Whether a request names the stream itself, as every EventSource does; a plain `curl` does not. */
export function namesEventStream({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/** The form that a request's `Accept` likes best; `undefined` when it allows none. */
export function representationFor(request: IncomingMessage): Representation | undefined {
  return (accepts(request).type([...REPRESENTATIONS]) || undefined) as Representation | undefined;
}
