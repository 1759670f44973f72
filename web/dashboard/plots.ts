import { formatCount, formatRate, formatSeconds } from './figures.js';
import { rateOf, type SampleValue } from './plot-history.js';

/** A plot of the last 15 minutes. */
export interface Plot {
  readonly title: string;
  readonly series: readonly PlotSeries[];
  /** A value with its unit. */
  readonly format: (value: number) => string;
  /** The smallest top of the vertical axis. Without it, noise would look like a peak. */
  readonly minTop: number;
}

interface PlotSeries {
  /** Set if the plot has more than one series. */
  readonly label?: string;
  readonly value: SampleValue;
}

/** The plots, in the order in which they are shown. */
export const PLOTS: readonly Plot[] = [
  { title: 'Messages/s', series: [{ value: rateOf('messages') }], format: formatRate, minTop: 5 },
  { title: 'Deliveries/s', series: [{ value: rateOf('deliveries') }], format: formatRate, minTop: 5 },
  {
    title: 'Connections',
    series: [{ value: ({ connections }) => connections }],
    format: formatCount,
    minTop: 5,
  },
  {
    title: 'Latency',
    series: [
      { label: 'p50', value: (sample) => sample.latency_p50 },
      { label: 'p99', value: (sample) => sample.latency_p99 },
    ],
    format: formatSeconds,
    minTop: 0.002,
  },
  {
    title: 'Event-loop delay',
    series: [
      { label: 'p99', value: (sample) => sample.event_loop_p99 },
      { label: 'max', value: (sample) => sample.event_loop_max },
    ],
    format: formatSeconds,
    minTop: 0.01,
  },
];
