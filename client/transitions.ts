/** `waiting`: there is no connection; the next attempt starts at `retryAt`. `ended` is final. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'ended';

/**
 * What can happen to a stream.
 * - `opened`: the server has accepted the connection.
 * - `lost`: the connection, or the attempt to open one, has failed or is silent.
 * - `due`: the delay before the next attempt is over.
 * - `woken`: the browser is online again, or the page is shown again, and the connection may be dead.
 * - `ended`: the server ended the stream for good, or the user closed it.
 */
export type ConnectionEvent = 'opened' | 'lost' | 'due' | 'woken' | 'ended';

/** The next state of a stream. `undefined`: the event changes nothing. See SPEC.md. */
export const TRANSITIONS: Readonly<
  Record<StreamState, Readonly<Record<ConnectionEvent, StreamState | undefined>>>
> = {
  connecting: { opened: 'live', lost: 'waiting', due: undefined, woken: 'connecting', ended: 'ended' },
  live: { opened: undefined, lost: 'waiting', due: undefined, woken: 'connecting', ended: 'ended' },
  waiting: { opened: undefined, lost: undefined, due: 'connecting', woken: 'connecting', ended: 'ended' },
  ended: { opened: undefined, lost: undefined, due: undefined, woken: undefined, ended: undefined },
};
