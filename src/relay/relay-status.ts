import type { RelayRole } from '../config/relay-settings.js';

/**
 * `off`: no relay. `starting`: reads what Redis has. `leading`: takes messages. `standby`: would take messages, but another process
 * has the lease. `following`: an edge. `away`: Redis does not answer.
 */
export type RelayState = 'off' | 'starting' | 'leading' | 'standby' | 'following' | 'away';

/** The state of this process in the relay, for operators. */
export interface RelayStatus {
  /** `null`: no relay. */
  readonly role: RelayRole | null;
  readonly state: RelayState;
  /** Clients may miss the newest messages: Redis is away, this process is behind, or nobody takes messages. */
  readonly isStale: boolean;
  /** Some process has the lease. */
  readonly isLed: boolean;
  /** Entries that Redis has and this process has not applied. */
  readonly lagEntries: number;
  /** Seconds since this process had all entries. */
  readonly lagSeconds: number;
  /** Entries that Redis has not confirmed, and their bytes. */
  readonly unconfirmed: number;
  readonly bufferBytes: number;
  /** `relay.buffer`. */
  readonly bufferLimit: number;
  /** Messages that clients of other processes never get, because Redis was away for too long. */
  readonly lostMessages: number;
  /** Times that entries were missing in the stream. */
  readonly gaps: number;
  /** Times that this process wrote all channels again, because Redis had lost entries. */
  readonly rewrites: number;
  /** Messages that came from other processes. */
  readonly messages: number;
}
