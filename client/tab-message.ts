import type { ConnectionOutcome } from './end.js';
import type { Item } from './item.js';

/** The leader is connected, at a position. */
export interface TabLead {
  readonly kind: 'lead';
  readonly position: string | undefined;
  readonly hasHeartbeats: boolean;
}

/** What the leader has received, and its position afterwards. */
export interface TabNews {
  readonly kind: 'news';
  readonly items: readonly Item[];
  readonly heartbeatOnly: boolean;
  readonly position: string | undefined;
}

/**
 * What tabs tell each other.
 * - `hello`: who leads?
 * - `busy`: the leader connects.
 * - `lead`: the leader is connected, at a position.
 * - `news`: the leader has received something.
 * - `over`: the connection of the leader has ended.
 */
export type TabMessage =
  | { readonly kind: 'hello' | 'busy' }
  | TabLead
  | TabNews
  | { readonly kind: 'over'; readonly outcome: ConnectionOutcome };

/** A message, and the id of the session that sent it. */
export type SentTabMessage = TabMessage & { readonly from: string };
