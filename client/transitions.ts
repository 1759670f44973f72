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

/** The events that change nothing in a state. */
interface Ignored {
  connecting: 'due';
  live: 'opened' | 'due';
  waiting: 'opened' | 'lost';
  ended: ConnectionEvent;
}

/** Each other event has a next state. */
type TransitionTable = {
  readonly [State in StreamState]: Readonly<Record<Exclude<ConnectionEvent, Ignored[State]>, StreamState>>;
};

const TABLE: TransitionTable = {
  connecting: { opened: 'live', lost: 'waiting', woken: 'connecting', ended: 'ended' },
  live: { lost: 'waiting', woken: 'connecting', ended: 'ended' },
  waiting: { due: 'connecting', woken: 'connecting', ended: 'ended' },
  ended: {},
};

/** The next state of a stream. `undefined`: the event changes nothing. See SPEC.md. */
export const TRANSITIONS: Readonly<
  Record<StreamState, Readonly<Partial<Record<ConnectionEvent, StreamState>>>>
> = TABLE;
