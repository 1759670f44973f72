import type { Settings } from '../config/settings.js';
import type { RelayReport } from './relay-report.js';

/**
 * The state of the monitor at one moment. The totals count since the start, so a rate is the difference of two samples.
 * Latencies and delays are in seconds and cover the time since the previous sample; `null` when nothing happened.
 */
export interface StatusSample {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly delivered_bytes: number;
  readonly connections: number;
  readonly channels: number;
  readonly retained_bytes: number;
  /** From the receipt of a message to the write to its clients. */
  readonly latency_p50: number | null;
  readonly latency_p99: number | null;
  readonly event_loop_p99: number | null;
  readonly event_loop_max: number | null;
  /** Cores in use: 1 is one full core. */
  readonly cpu: number;
  /** Resident memory in bytes; `null` when the process has no open file left to read it. */
  readonly rss: number | null;
  readonly broker_peers: number;
  /** The ROUTER is bound. */
  readonly listening: boolean;
  readonly state: 'starting' | 'open' | 'draining';
  /** `null` without a relay. */
  readonly relay: RelayReport | null;
  /** The keys of limits that are reached now, or were reached since the previous sample. */
  readonly limits_reached: readonly string[];
  /** Warnings and errors in the log. */
  readonly warnings: number;
  readonly log_level: Settings['logger']['level'];
}
