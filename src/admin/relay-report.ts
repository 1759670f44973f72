import type { RelayStatus } from '../relay/relay-status.js';

/** The state of this process in the relay, as clients of the admin listener get it. The totals count since the start. */
export interface RelayReport {
  readonly role: NonNullable<RelayStatus['role']>;
  readonly state: RelayStatus['state'];
  /** Clients may miss the newest messages. */
  readonly stale: boolean;
  /** Some process has the lease, as of the last answer of Redis. */
  readonly led: boolean;
  readonly lag_entries: number;
  /** Seconds since this process had all entries; 0 while it has them. */
  readonly lag_seconds: number;
  /** Entries that Redis has not confirmed, and their bytes. */
  readonly unconfirmed_entries: number;
  readonly buffer_bytes: number;
  /** `relay.buffer`. */
  readonly buffer_limit: number;
  readonly lost_messages: number;
  readonly gaps: number;
  readonly rewrites: number;
  /** Messages that came from other processes. */
  readonly followed_messages: number;
}

/** Renders the state for clients; `null` without a relay. */
export function relayReport(status: RelayStatus): RelayReport | null {
  if (status.role === null) return null;
  return {
    role: status.role,
    state: status.state,
    stale: status.isStale,
    led: status.isLed,
    lag_entries: status.lagEntries,
    lag_seconds: Number(status.lagSeconds.toFixed(1)),
    unconfirmed_entries: status.unconfirmed,
    buffer_bytes: status.bufferBytes,
    buffer_limit: status.bufferLimit,
    lost_messages: status.lostMessages,
    gaps: status.gaps,
    rewrites: status.rewrites,
    followed_messages: status.messages,
  };
}
