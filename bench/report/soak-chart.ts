import { mib, SOAK_RATE, WARM_UP, type SoakSample } from '../soak.js';
import { round, svgDocument, svgLine, svgText } from './svg.js';

const SIZE = { width: 720, height: 300 };
const PLOT = { left: 60, right: 700, top: 70, bottom: 250 };
const GRID_LINES = 4;

/** Resident memory over time. */
export function soakChart(samples: readonly SoakSample[], deviation: number): string {
  const longest = samples.at(-1)!.minutes;
  const step = Math.ceil(mib(Math.max(...samples.map(({ rss }) => rss))) / GRID_LINES / 25) * 25;
  const x = (minutes: number): number => PLOT.left + (minutes / longest) * (PLOT.right - PLOT.left);
  const y = (size: number): number => PLOT.bottom - (size / (GRID_LINES * step)) * (PLOT.bottom - PLOT.top);
  const points = samples
    .map(({ minutes, rss }) => `${round(x(minutes))},${round(y(rss / 2 ** 20))}`)
    .join(' ');
  const percent = (100 * deviation).toFixed(1);
  const picture = {
    ...SIZE,
    title: `Resident memory at ${SOAK_RATE.toLocaleString('en')} messages a second`,
    description: `After ${WARM_UP} minutes all samples are within ${percent} % of their median. At the end: ${mib(samples.at(-1)!.rss)} MiB.`,
  };
  const ticks = Array.from({ length: 1 + Math.floor(longest / 5) }, (_, i) => 5 * i);
  return svgDocument(picture, [
    svgText(16, 28, picture.title, { class: 'title' }),
    svgText(16, 48, 'MiB over minutes; the dashed line is the end of the warm-up', { class: 'dim' }),
    ...Array.from({ length: GRID_LINES + 1 }, (_, i) => i * step).flatMap((size) => [
      svgLine([PLOT.left, y(size)], [PLOT.right, y(size)], size === 0 ? 'base' : 'grid'),
      svgText(PLOT.left - 8, y(size) + 4, String(size), { class: 'dim', anchor: 'end' }),
    ]),
    ...ticks.map((minutes) =>
      svgText(x(minutes), PLOT.bottom + 20, String(minutes), { class: 'dim', anchor: 'middle' }),
    ),
    `<line x1="${round(x(WARM_UP))}" y1="${PLOT.top}" x2="${round(x(WARM_UP))}" y2="${PLOT.bottom}" class="grid" stroke-dasharray="4 4"/>`,
    `<polyline points="${points}" class="ours line" style="fill:none"/>`,
  ]);
}
