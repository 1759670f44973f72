import { Histogram as PrometheusHistogram, type HistogramConfiguration } from 'prom-client';
import type { Histogram } from '../channels/histogram.js';

interface BucketSample {
  readonly metricName: string;
  readonly labels: { readonly le?: string };
  readonly value: number;
}

/** A histogram of prom-client that reads its buckets at the scrape. prom-client itself can only observe single values. */
export class ReadHistogram extends PrometheusHistogram {
  constructor(
    private readonly configuration: HistogramConfiguration<string>,
    private readonly read: () => Histogram,
  ) {
    super(configuration);
  }

  /** The registry calls this method for the text format. The types of prom-client lack it. */
  getForPromString() {
    const { name, help } = this.configuration;
    return Promise.resolve({ name, help, type: 'histogram', values: bucketSamples(name, this.read()) });
  }
}

// The buckets of Prometheus are cumulative.
function bucketSamples(name: string, { bounds, counts, sum }: Histogram): BucketSample[] {
  let count = 0;
  const buckets = counts.map((values, index) => {
    count += values;
    const le = bounds[index]?.toString() ?? '+Inf';
    return { metricName: `${name}_bucket`, labels: { le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: count },
  ];
}
