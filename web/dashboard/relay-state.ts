import { formatBytes, formatCount, formatSeconds } from './figures.js';

/** The part of the monitor in a relay of several processes. */
export interface RelayPart {
  readonly role: 'all' | 'ingest' | 'edge';
  readonly state: 'starting' | 'leading' | 'standby' | 'following' | 'away' | 'off';
  /** Clients may miss the newest messages. */
  readonly stale: boolean;
  /** Some process has the lease. */
  readonly led: boolean;
  readonly lag_entries: number;
  readonly lag_seconds: number;
  readonly buffer_bytes: number;
  readonly buffer_limit: number;
  readonly lost_messages: number;
  readonly gaps: number;
  readonly rewrites: number;
}

const STATE_TEXTS: Readonly<Record<RelayPart['state'], string>> = {
  off: 'off',
  starting: 'reads what Redis has',
  leading: 'takes messages',
  standby: 'waits for the lease',
  following: 'shows messages of another process',
  away: 'Redis does not answer',
};

/** The share of the buffer that needs the attention of an operator. */
export const MUCH_BUFFER = 0.5;

export function describeRelayState({ state }: RelayPart): string {
  return STATE_TEXTS[state];
}

export function describeLease({ state, led }: RelayPart): string {
  if (state === 'away') return 'unknown';
  if (state === 'leading') return 'held by this process';
  return led ? 'held by another process' : 'held by nobody';
}

export function describeLag({ lag_entries, lag_seconds }: RelayPart): string {
  if (lag_entries === 0 && lag_seconds === 0) return 'none';
  const entries = lag_entries === 1 ? '1 entry' : `${formatCount(lag_entries)} entries`;
  return `${entries}, ${formatSeconds(lag_seconds)}`;
}

/** Used share of the buffer for Redis, from 0 to 1. */
export function bufferShare({ buffer_bytes, buffer_limit }: RelayPart): number {
  return buffer_limit > 0 ? Math.min(1, buffer_bytes / buffer_limit) : 0;
}

/** Sentences about a relay that needs the attention of an operator. @param takesMessages the ROUTER is bound */
export function relayConditions(relay: RelayPart, takesMessages: boolean): string[] {
  const conditions: string[] = [];
  if (relay.state === 'away')
    conditions.push(
      relay.role !== 'edge' && takesMessages
        ? 'Redis does not answer. Messages wait in this process, and clients of other processes get none.'
        : 'Redis does not answer. Clients get no new messages.',
    );
  else if (relay.stale && !relay.led) conditions.push('No process has the lease, so nobody takes messages.');
  else if (relay.stale)
    conditions.push(`This process is behind by ${describeLag(relay)}. Clients miss the newest messages.`);
  if (bufferShare(relay) > MUCH_BUFFER)
    conditions.push(
      `The buffer for Redis is more than half full (${formatBytes(relay.buffer_bytes)} of ${formatBytes(relay.buffer_limit)}). When it is full, messages can be lost.`,
    );
  return conditions;
}

/** The ROUTER must be bound, because this process takes messages. */
export function needsBroker(relay: RelayPart | null, isListening: boolean): boolean {
  if (!relay) return true;
  return relay.state === 'leading' || (relay.role !== 'edge' && isListening);
}
