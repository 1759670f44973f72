import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Plot } from './plots.js';
import { PLOT_SPAN, type PlotColumn } from './plot-history.js';

/** Pixels, as in `style/plots.css`. */
const HEIGHT = 92;
/** All plots with this key show the same time at the pointer. */
const SYNC_KEY = 'time';
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A plot over time on a canvas, as wide as its host. */
export class TimePlot {
  readonly #chart: UPlot;
  readonly #resize: ResizeObserver;
  #start = 0;

  /** @param onHover receives the index of the sample at the pointer */
  constructor(host: HTMLElement, plot: Plot, onHover: (index: number | undefined) => void) {
    const options = this.#options(host, plot, onHover);
    this.#chart = new UPlot(options, [[], ...plot.series.map(() => [])], host);
    this.#resize = new ResizeObserver(() => this.#chart.setSize({ width: host.clientWidth, height: HEIGHT }));
    this.#resize.observe(host);
  }

  /** @param start the time at the left edge, in seconds since 1970 */
  show(columns: [number[], ...PlotColumn[]], start: number): void {
    this.#start = start;
    this.#chart.setData(columns);
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#chart.destroy();
  }

  #options(host: HTMLElement, plot: Plot, onHover: (index: number | undefined) => void): UPlot.Options {
    const style = getComputedStyle(host);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--faint'),
      font: `11px ${style.fontFamily}`,
      ticks: { show: false },
      grid: { stroke: colour('--line'), width: 1 },
    };
    return {
      width: host.clientWidth || 200,
      height: HEIGHT,
      padding: [6, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: SYNC_KEY } },
      scales: {
        x: { range: () => [this.#start, this.#start + PLOT_SPAN / 1000] },
        y: { range: (_chart, _min, max) => [0, Math.max(plot.minTop, max * 1.05 || 0)] },
      },
      axes: [
        {
          ...axis,
          size: 18,
          gap: 2,
          space: 56,
          values: (_chart, times) => times.map((time) => TIME.format(time * 1000)),
        },
        {
          ...axis,
          size: 44,
          gap: 4,
          space: 24,
          values: (_chart, values) => values.map((value) => plot.format(value)),
        },
      ],
      series: [
        {},
        ...plot.series.map((_series, index) => ({
          stroke: colour(`--series-${index}`),
          ...(plot.series.length === 1 && { fill: colour('--series-fill') }),
          width: 1.25,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? undefined)] },
    };
  }
}
