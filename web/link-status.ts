import type { End } from '../client/end.js';
import type { StreamState } from '../client/transitions.js';
import { texts } from './texts.js';

/** The state of the connection to the monitor. Times are in milliseconds since 1970. */
export interface LinkStatus {
  readonly state: StreamState;
  /** When the next attempt starts. Set only while `waiting`. */
  readonly retryAt: number | undefined;
  readonly end: End | undefined;
  /** The connection has been live before. */
  readonly wasLive: boolean;
  /** The computer went offline and no message has arrived since. The connection may be dead. */
  readonly offline: boolean;
  /** When the last message or heartbeat arrived. */
  readonly heardAt: number | undefined;
  /** When the stream started to replace a live connection, for example after a wake event. */
  readonly recheckedAt: number | undefined;
  /** Since when the connection is live without any message. */
  readonly emptySince: number | undefined;
}

/** The status before the first attempt. */
export const INITIAL_LINK: LinkStatus = {
  state: 'connecting',
  retryAt: undefined,
  end: undefined,
  wasLive: false,
  offline: false,
  heardAt: undefined,
  recheckedAt: undefined,
  emptySince: undefined,
};

/**
 * Milliseconds that a recheck may take before the page shows it. Otherwise the page would flicker after each wake
 * event.
 */
const RECHECK_TIMEOUT = 2000;
/** Milliseconds in which a channel with messages sends its first message. */
const FIRST_MESSAGE_TIMEOUT = 5000;

/** How the indicator looks. `lost`: there is no connection now. `ended`: no more messages will come. */
type LinkLook = 'live' | 'connecting' | 'lost' | 'ended';

/** The look and the text of the indicator. @param now milliseconds since 1970 */
export function describeLink(link: LinkStatus, now: number): { look: LinkLook; label: string } {
  const { state, wasLive, offline, end, retryAt } = link;
  const { live, offline: offlineText, ended } = texts.link;
  if (!isStale(link, now)) return { look: 'live', label: live };
  if (offline) return { look: 'lost', label: offlineText };
  switch (state) {
    case 'live':
    case 'connecting':
      return { look: 'connecting', label: connectingText(wasLive) };
    case 'waiting':
      return { look: 'lost', label: retryIn(Math.ceil(((retryAt ?? now) - now) / 1000), wasLive) };
    case 'ended':
      return { look: 'ended', label: ended[end?.reason ?? 'closed'] };
  }
}

/** Whether the page may be out of date because there is no connection. */
export function isStale({ state, offline, recheckedAt }: LinkStatus, now: number): boolean {
  const rechecking =
    state === 'connecting' && recheckedAt !== undefined && now - recheckedAt < RECHECK_TIMEOUT;
  return offline || !(state === 'live' || rechecking);
}

/** Whether there is a connection, but the monitor has no message of the job. */
export function isWithoutMessages(link: LinkStatus, now: number): boolean {
  const { emptySince } = link;
  return emptySince !== undefined && now - emptySince >= FIRST_MESSAGE_TIMEOUT && !isStale(link, now);
}

function retryIn(seconds: number, wasLive: boolean): string {
  if (seconds <= 0) return connectingText(wasLive);
  return wasLive ? texts.link.reconnectingIn(seconds) : texts.link.tryingAgainIn(seconds);
}

function connectingText(wasLive: boolean): string {
  return wasLive ? texts.link.reconnecting : texts.link.connecting;
}
