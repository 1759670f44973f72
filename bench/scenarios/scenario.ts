import type { LoadProcess } from '../load-process.js';
import type { TargetOptions, TargetServer, TargetName } from '../targets/target.js';

/** A column of the table: a target, or `bare`, which does the same work without a relay. */
export type Column = TargetName | 'bare';

/** Results of one run by key of the metric. Keys without a metric appear only in the JSON. */
export type Values = Record<string, number>;

export type Medians = Partial<Record<Column, number>>;

/** A goal of this project. */
export interface Goal {
  readonly text: string;
  /** Returns `undefined` when a value of the comparison was not measured. */
  met(medians: Medians): boolean | undefined;
}

/** A row of the table. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly goals?: readonly Goal[];
  /** Whether the chart shows this metric. */
  readonly drawn?: boolean;
}

/** A measurement that runs on each target. */
export interface Scenario {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly targetOptions?: TargetOptions;
  run(server: TargetServer, load: LoadProcess): Promise<Values>;
  readonly bare?: () => Promise<Values>;
}

/** Our value is at least `factor` times that of `other`. */
export function atLeast(factor: number, other: Column): Goal {
  return {
    text: `>= ${factor} x ${other}`,
    met: (medians) => compare(medians, other, (a, b) => a >= factor * b),
  };
}

/** Our value is at most `factor` times that of `other`. */
export function atMost(factor: number, other: Column): Goal {
  return {
    text: `<= ${factor} x ${other}`,
    met: (medians) => compare(medians, other, (a, b) => a <= factor * b),
  };
}

/** Our value is at least `value`. */
export function floor(value: number): Goal {
  return {
    text: `>= ${value.toLocaleString('en')}`,
    met: ({ ours }) => (ours === undefined ? ours : ours >= value),
  };
}

/** Our value is at most `value`. */
export function ceiling(value: number): Goal {
  return {
    text: `<= ${value.toLocaleString('en')}`,
    met: ({ ours }) => (ours === undefined ? ours : ours <= value),
  };
}

function compare(
  medians: Medians,
  other: Column,
  test: (a: number, b: number) => boolean,
): boolean | undefined {
  const { ours, [other]: reference } = medians;
  return ours === undefined || reference === undefined ? undefined : test(ours, reference);
}
