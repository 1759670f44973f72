import { useEffect, useRef, useState } from 'preact/hooks';
import { timeOfDay } from '../../time-of-day.js';
import type { Plot } from '../plots.js';
import { PLOT_SPAN, type PlotColumn, type PlotHistory } from '../plot-history.js';
import { TimePlot } from '../time-plot.js';

interface PlotCardProps {
  readonly plot: Plot;
  readonly samples: PlotHistory;
}

/** A plot with its newest values, or the values at the pointer. */
export function PlotCard({ plot, samples }: PlotCardProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<TimePlot>(undefined);
  const data = useRef<{ version: number; columns: [number[], ...PlotColumn[]] }>(undefined);
  const [hovered, setHovered] = useState<number>();
  if (data.current?.version !== samples.version) {
    const columns = samples.columns(plot.series.map(({ value }) => value));
    data.current = { version: samples.version, columns };
  }
  const [times, ...columns] = data.current.columns;

  useEffect(() => {
    const created = new TimePlot(host.current!, plot, setHovered);
    chart.current = created;
    return () => created.destroy();
  }, [plot]);
  useEffect(() => {
    chart.current?.show(data.current!.columns, (samples.latestTime ?? Date.now()) / 1000 - PLOT_SPAN / 1000);
  }, [samples.version]);

  const index = hovered !== undefined && hovered < times.length ? hovered : times.length - 1;
  const text = (value: number | null | undefined): string =>
    typeof value === 'number' ? plot.format(value) : '–';
  return (
    <figure class="plot">
      <figcaption>
        <h3>{plot.title}</h3>
        <p class="values">
          {plot.series.map(({ label }, series) => (
            <span key={label} class={`value series-${series}`}>
              {label && <span class="label">{label}</span>} {text(columns[series]?.[index])}
            </span>
          ))}
        </p>
        <p class="extremes">
          {hovered === undefined ? (
            <Extremes columns={columns} text={text} />
          ) : (
            `at ${timeOfDay((times[index] ?? 0) * 1000)}`
          )}
        </p>
      </figcaption>
      <div class="canvas" ref={host} aria-hidden="true" />
    </figure>
  );
}

interface ExtremesProps {
  readonly columns: readonly PlotColumn[];
  readonly text: (value: number) => string;
}

/** The extremes of the last series, which is the highest one. The smallest value is for screen readers only. */
function Extremes({ columns, text }: ExtremesProps) {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of columns.at(-1) ?? []) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (max < min) return <>no data yet</>;
  return (
    <>
      <span class="unseen">smallest {text(min)},</span> max {text(max)}
    </>
  );
}
