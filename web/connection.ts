import type { End } from '../client/end.js';
import type { StreamState } from '../client/reconnector.js';

/** What is known of the link to the monitor. */
export interface Connection {
  readonly state: StreamState;
  /** Milliseconds since 1970, while `waiting`. */
  readonly retryAt: number | undefined;
  readonly end: End | undefined;
  /** It was live before. */
  readonly known: boolean;
  /** The computer went offline, and nothing has come since: the link may be dead without knowing it. */
  readonly doubtful: boolean;
  /** When it was last known to be live, in milliseconds since 1970. */
  readonly liveAt: number | undefined;
}

/** Before the first attempt. */
export const UNCONNECTED: Connection = {
  state: 'connecting',
  retryAt: undefined,
  end: undefined,
  known: false,
  doubtful: false,
  liveAt: undefined,
};

/** How a link looks: what is shown is `live`, it is on its way, it is gone for now, or there is nothing more to come. */
export type Look = 'live' | 'trying' | 'lost' | 'over';

/** The link in words. @param now milliseconds since 1970 */
export function describe(connection: Connection, now: number): { look: Look; label: string } {
  const { state, known, doubtful, end, retryAt } = connection;
  switch (state) {
    case 'live':
      return doubtful ? { look: 'lost', label: 'Offline' } : { look: 'live', label: 'Live' };
    case 'connecting':
      return { look: 'trying', label: known ? 'Reconnecting…' : 'Connecting…' };
    case 'waiting':
      return { look: 'lost', label: retryIn(Math.ceil(((retryAt ?? now) - now) / 1000), known) };
    case 'ended':
      return { look: 'over', label: ENDS[end?.reason ?? 'closed'] };
  }
}

/** Whether what is shown may be out of date, because the link is not there. */
export function isStale({ state, doubtful }: Connection): boolean {
  return doubtful || state !== 'live';
}

const ENDS: Readonly<Record<End['reason'], string>> = {
  finished: 'Ended',
  idle: 'Closed, no news',
  refused: 'Refused',
  closed: 'Closed',
};

function retryIn(seconds: number, known: boolean): string {
  if (seconds <= 0) return known ? 'Reconnecting…' : 'Connecting…';
  return known ? `Reconnecting in ${seconds} s` : `Trying again in ${seconds} s`;
}
