import type { RelayPart } from './relay-state.js';

/** The figures of the monitor at one moment, by its clock. Totals count since the start of the monitor. */
export interface MonitorSample extends PlotSample {
  readonly channels: number;
  readonly broker_peers: number;
  /** The monitor listens for the broker. */
  readonly listening: boolean;
  readonly state: MonitorState;
  /** `null`: the monitor works alone. */
  readonly relay: RelayPart | null;
  /** Keys of the configuration whose limits are reached now. */
  readonly limits_reached: readonly string[];
  /** Number of warnings since the start of the monitor. */
  readonly warnings: number;
  readonly log_level: string;
}

/** The figures that are plotted. `null`: nothing was measured in this second. */
export interface PlotSample {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly connections: number;
  /** Seconds, as all figures below. */
  readonly latency_p50: number | null;
  readonly latency_p99: number | null;
  readonly event_loop_p99: number | null;
  readonly event_loop_max: number | null;
}

/** `starting`: not listening yet. `draining`: the monitor is stopping. */
type MonitorState = 'starting' | 'open' | 'draining';

/** The samples of the last 15 minutes, a column for each figure. */
export interface SampleColumns {
  readonly samples: Readonly<Partial<Record<keyof PlotSample, readonly (number | null)[]>>>;
}

/** The rows of a table that is given by columns, oldest first. */
export function toRows({ samples }: SampleColumns): PlotSample[] {
  const value = (key: keyof PlotSample, index: number): number | null => samples[key]?.[index] ?? null;
  return (samples.time ?? []).map((time, index) => ({
    time: time ?? 0,
    messages: value('messages', index) ?? 0,
    deliveries: value('deliveries', index) ?? 0,
    connections: value('connections', index) ?? 0,
    latency_p50: value('latency_p50', index),
    latency_p99: value('latency_p99', index),
    event_loop_p99: value('event_loop_p99', index),
    event_loop_max: value('event_loop_max', index),
  }));
}
