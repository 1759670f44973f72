import type { Values } from '../scenarios/scenario.js';

/** A row of the table of the relay. */
export interface RelayMetric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly goal?: { readonly text: string; met(value: number): boolean };
}

/** One measurement of the relay, and the rows that it fills. */
export interface RelayCase {
  readonly metrics: readonly RelayMetric[];
  measure(): Promise<Values>;
}

/** Microseconds of CPU time for each of `count` things. */
export function cpuMicroseconds(seconds: number, count: number): number {
  return (seconds * 1e6) / count;
}
