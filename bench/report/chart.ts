import { ratio, shortNumber } from './number.js';
import type { BenchmarkReport, ReportRow } from './report.js';
import { round, svgDocument, svgLine, svgText } from './svg.js';

const WIDTH = 930;
const LABELS = 320;
const RIGHT = 150;
const TOP = 92;
const ROW = 44;
const BAR = 14;

const SHOWN = ['ours', 'nchan'] as const;
const NAMES = { ours: 'recodex-monitor', nchan: 'nchan (C, in nginx)' } as const;

interface Bar {
  readonly name: (typeof SHOWN)[number];
  /** Ratio to the naive relay; larger is better. */
  readonly factor: number;
  readonly label: string;
}

/** A bar to the right is better than the naive relay, a bar to the left is worse. The scale is logarithmic. */
export function chart(report: BenchmarkReport): string {
  const rows = report.rows.filter(
    ({ drawn, medians }) => drawn && medians.ours !== undefined && medians.naive,
  );
  const bars = rows.map(barsOf);
  const factors = bars.flat().map(({ factor }) => factor);
  const low = Math.floor(Math.log10(Math.min(0.5, ...factors)));
  const high = Math.ceil(Math.log10(Math.max(10, ...factors)));
  const bottom = TOP + rows.length * ROW;
  const x = (factor: number): number =>
    LABELS + ((Math.log10(factor) - low) / (high - low)) * (WIDTH - LABELS - RIGHT);
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const title = 'Times as good as one ws.send per message and client';
  const picture = { width: WIDTH, height: bottom + 50, title, description: description(rows, bars) };
  return svgDocument(picture, [
    svgText(16, 28, title, { class: 'title' }),
    svgText(16, 48, `throughput, or 1 / latency, or 1 / memory; logarithmic. ${facts(report)}`, {
      class: 'dim',
    }),
    ...SHOWN.flatMap((name, i) => [
      `<rect x="${16 + i * 170}" y="62" width="12" height="12" class="bar ${name}"/>`,
      svgText(34 + i * 170, 73, NAMES[name]),
    ]),
    ...powers.flatMap((power) => [
      svgLine([x(power), TOP - 6], [x(power), bottom], power === 1 ? 'base' : 'grid'),
      svgText(x(power), bottom + 18, power === 1 ? 'naive relay' : `${power.toLocaleString('en')} x`, {
        class: 'dim',
        anchor: 'middle',
      }),
    ]),
    ...rows.flatMap((row, i) => group(row, bars[i]!, TOP + i * ROW, x)),
  ]);
}

function barsOf({ medians, better, unit }: ReportRow): Bar[] {
  const naive = medians.naive!;
  return SHOWN.filter((name) => medians[name]).map((name) => {
    const value = medians[name]!;
    return {
      name,
      factor: better === 'more' ? value / naive : naive / value,
      label: `${shortNumber(value)} ${unit}`.replace(/ deliveries\/s| connects\/s/, '/s'),
    };
  });
}

function group(
  { title }: ReportRow,
  bars: readonly Bar[],
  y: number,
  x: (factor: number) => number,
): string[] {
  return [
    svgText(LABELS - 12, y + 22, title, { anchor: 'end' }),
    ...bars.flatMap(({ name, factor, label }, i) => {
      const top = y + 3 + i * (BAR + 3);
      const [from, to] = factor >= 1 ? [x(1), x(factor)] : [x(factor), x(1)];
      const bar = `<rect x="${round(from)}" y="${top}" width="${round(Math.max(1.5, to - from))}" height="${BAR}" class="bar ${name}"/>`;
      return [
        bar,
        svgText(Math.max(to, x(1)) + 6, top + 11, `${ratio(factor, 1)} (${label})`, { class: 'dim' }),
      ];
    }),
  ];
}

function description(rows: readonly ReportRow[], bars: readonly (readonly Bar[])[]): string {
  const said = rows.map(({ title }, i) => {
    const each = bars[i]!.map(({ name, factor }) => `${NAMES[name]} ${ratio(factor, 1)}`);
    return `${title}: ${each.join(', ')}.`;
  });
  return `Compared with a relay that sends each message to each client by itself. ${said.join(' ')}`;
}

function facts({ machine }: BenchmarkReport): string {
  return `${machine.cpu}, ${machine.cores} cores, Node ${machine.node.slice(1)}`;
}
