import { PLOTS } from '../plots.js';
import type { PlotHistory } from '../plot-history.js';
import { PlotCard } from './plot-card.js';
import { useMedia } from './use-media.js';

interface PlotsProps {
  readonly samples: PlotHistory;
  /** The plots are a strip that scrolls, so the keyboard must reach it. */
  readonly isNarrow: boolean;
}

/** The plots of the last 15 minutes. */
export function Plots({ samples, isNarrow }: PlotsProps) {
  // A canvas takes the colours of its time, so other colours mean another canvas.
  const dark = useMedia('(prefers-color-scheme: dark)');
  const forced = useMedia('(forced-colors: active)');
  return (
    <section class="plots" aria-labelledby="plots-title" tabIndex={isNarrow ? 0 : undefined}>
      <h2 id="plots-title" class="unseen">
        The last 15 minutes
      </h2>
      {PLOTS.map((plot) => (
        <PlotCard key={`${plot.title} ${dark} ${forced}`} plot={plot} samples={samples} />
      ))}
    </section>
  );
}
