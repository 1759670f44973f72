import { Counter, Gauge, type Registry } from 'prom-client';
import type { Histogram } from '../channels/histogram.js';
import { ReadHistogram } from './read-histogram.js';

/** The current value of one time series. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface MetricDefinition<Reading> {
  /** The name, without the prefix of this program. */
  readonly name: string;
  readonly help: string;
  /** The label names. The values of a label are a small fixed set, never ids. */
  readonly labels?: readonly string[];
  readonly read: () => Reading;
}

type Values = number | readonly Sample[];

const PREFIX = 'recodex_monitor_';

/** Adds metrics to a registry. Each metric reads its values from a room at the scrape, so the room only counts with `++`. */
export class MetricSet {
  constructor(readonly registry: Registry) {}

  /** Adds a value that only grows. */
  counter({ name, help, labels = [], read }: MetricDefinition<Values>): void {
    new Counter({
      name: PREFIX + name,
      help,
      labelNames: labels,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const sample of samples(read())) this.inc(sample.labels, sample.value);
      },
    });
  }

  /** Adds a value that grows and falls. */
  gauge({ name, help, labels = [], read }: MetricDefinition<Values>): void {
    new Gauge({
      name: PREFIX + name,
      help,
      labelNames: labels,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const sample of samples(read())) this.set(sample.labels, sample.value);
      },
    });
  }

  /** Adds the distribution of a value. */
  histogram({ name, help, read }: MetricDefinition<Histogram>): void {
    new ReadHistogram({ name: PREFIX + name, help, registers: [this.registry] }, read);
  }
}

/** The samples of a metric with one label, from numbers by the values of the label. */
export function samplesBy(label: string, numbers: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(numbers).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

function samples(values: Values): readonly Sample[] {
  return typeof values === 'number' ? [{ labels: {}, value: values }] : values;
}
