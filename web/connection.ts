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
  /** When the monitor was last heard, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
  /** Since when a live link is only being made again, to be sure of it. */
  readonly checkedAt: number | undefined;
  /** Since when a link has been there without any message. */
  readonly unansweredAt: number | undefined;
}

/** Before the first attempt. */
export const UNCONNECTED: Connection = {
  state: 'connecting',
  retryAt: undefined,
  end: undefined,
  known: false,
  doubtful: false,
  heardAt: undefined,
  checkedAt: undefined,
  unansweredAt: undefined,
};

/** Milliseconds that a check may take before it is worth a word: the page would flicker whenever somebody returns to it. */
const CHECK = 2000;
/** Milliseconds in which a channel that has messages would have sent one. */
const ANSWER = 5000;

/** How a link looks: what is shown is `live`, it is on its way, it is gone for now, or there is nothing more to come. */
export type Look = 'live' | 'trying' | 'lost' | 'over';

/** The link in words. @param now milliseconds since 1970 */
export function describe(connection: Connection, now: number): { look: Look; label: string } {
  const { state, known, doubtful, end, retryAt } = connection;
  if (!isStale(connection, now)) return { look: 'live', label: 'Live' };
  if (doubtful) return { look: 'lost', label: 'Offline' };
  switch (state) {
    case 'live':
    case 'connecting':
      return { look: 'trying', label: known ? 'Reconnecting…' : 'Connecting…' };
    case 'waiting':
      return { look: 'lost', label: retryIn(Math.ceil(((retryAt ?? now) - now) / 1000), known) };
    case 'ended':
      return { look: 'over', label: ENDS[end?.reason ?? 'closed'] };
  }
}

/** Whether what is shown may be out of date, because the link is not there. */
export function isStale({ state, doubtful, checkedAt }: Connection, now: number): boolean {
  const checking = state === 'connecting' && checkedAt !== undefined && now - checkedAt < CHECK;
  return doubtful || !(state === 'live' || checking);
}

/** Whether the link is there, but nothing is known of the job. */
export function isUnanswered(connection: Connection, now: number): boolean {
  const { unansweredAt } = connection;
  return unansweredAt !== undefined && now - unansweredAt >= ANSWER && !isStale(connection, now);
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
