import type { FeedRefusalStatus } from './feed-refusal.js';
import { formatAge } from './figures.js';

/** The state of the stream of `GET /events`. Times are in milliseconds since 1970, by the local clock. */
export interface FeedStatus {
  readonly state: 'connecting' | 'live' | 'waiting';
  /** When the last event arrived. `undefined`: none has. */
  readonly heardAt: number | undefined;
  /** When the next attempt starts. Set only while `waiting`. */
  readonly retryAt: number | undefined;
  /** Why the monitor refuses the stream, in its words. Too many dashboards are the usual reason. */
  readonly refusal: string | undefined;
  /** The status of the refusal. */
  readonly refusedWith: FeedRefusalStatus | undefined;
}

export const INITIAL_FEED: FeedStatus = {
  state: 'connecting',
  heardAt: undefined,
  retryAt: undefined,
  refusal: undefined,
  refusedWith: undefined,
};

/** Milliseconds without data after which a connection counts as dead. The monitor sends a sample every second. */
export const SILENCE = 5000;

/** Whether the data are up to date. A page that slept finds out later that its connection is dead. */
export function isLive({ state, heardAt = 0 }: FeedStatus, now: number): boolean {
  return state === 'live' && now - heardAt <= SILENCE;
}

/** How the indicator looks. */
type FeedLook = 'live' | 'connecting' | 'lost';

/** The look and the text of the indicator. @param now milliseconds since 1970 */
export function describeFeed(feed: FeedStatus, now: number): { look: FeedLook; label: string } {
  if (isLive(feed, now)) return { look: 'live', label: 'Connected' };
  const age = feed.heardAt === undefined ? 'no data' : `data is ${formatAge(now - feed.heardAt)} old`;
  const verb = feed.heardAt === undefined ? 'Connecting' : 'Reconnecting';
  if (feed.state !== 'waiting') return { look: 'connecting', label: `${verb}, ${age}` };
  const left = Math.max(0, Math.ceil(((feed.retryAt ?? now) - now) / 1000));
  return { look: 'lost', label: `${verb} in ${left} s, ${age}` };
}

const WITH_TOKEN =
  'Open this page with a token that has the scope admin: add #token= and the token to its address.';

/** Why there are no live data, if the monitor gave the reason. */
export function describeRefusal({ refusal, refusedWith }: FeedStatus): string | undefined {
  if (refusedWith === 401) return `The monitor wants a valid token. ${WITH_TOKEN}`;
  if (refusedWith === 403) return `The token of this page does not permit the dashboard. ${WITH_TOKEN}`;
  if (refusal === undefined) return undefined;
  const reason = refusal && ` (${refusal})`;
  return `The monitor refuses live data: probably too many dashboards are open${reason}. This page tries again by itself.`;
}
