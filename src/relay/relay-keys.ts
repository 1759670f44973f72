import { hasHashTag } from '../config/relay-settings.js';

/** The keys of one installation in Redis. */
export interface RelayKeys {
  /** The stream of entries. */
  readonly stream: string;
  /** A hash with the token and the last batch of the process that leads. */
  readonly head: string;
  /** The holder of the lease; expires with it. */
  readonly lease: string;
}

/** The keys beside a stream. All lie in one hash slot, because a script uses them together. */
export function relayKeys(stream: string): RelayKeys {
  const base = hasHashTag(stream) ? stream : `{${stream}}`;
  return { stream, head: `${base}:head`, lease: `${base}:lease` };
}
