import type { LoadProcess } from '../load-process.js';
import type { Needs, Server, TargetName } from '../targets/target.js';

/** What is compared: the targets, and `bare`, the same work without any relay. */
export type Column = TargetName | 'bare';

/** What one run measured, by the key of the metric; keys that are no metric only go into the JSON. */
export type Values = Record<string, number>;

export type Medians = Partial<Record<Column, number>>;

/** A target of the project's own. */
export interface Goal {
  readonly text: string;
  /** `undefined` when something to compare with was not measured. */
  met(medians: Medians): boolean | undefined;
}

/** A row of the table. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly goals?: readonly Goal[];
  /** Drawn in the chart. */
  readonly drawn?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly needs?: Needs;
  run(server: Server, load: LoadProcess): Promise<Values>;
  readonly bare?: () => Promise<Values>;
}

/** Ours is at least so many times another. */
export function atLeast(factor: number, other: Column): Goal {
  return {
    text: `>= ${factor} x ${other}`,
    met: (medians) => compare(medians, other, (a, b) => a >= factor * b),
  };
}

/** Ours is at most so many times another. */
export function atMost(factor: number, other: Column): Goal {
  return {
    text: `<= ${factor} x ${other}`,
    met: (medians) => compare(medians, other, (a, b) => a <= factor * b),
  };
}

/** Ours is at least so much. */
export function floor(value: number): Goal {
  return {
    text: `>= ${value.toLocaleString('en')}`,
    met: ({ ours }) => (ours === undefined ? ours : ours >= value),
  };
}

/** Ours is at most so much. */
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
