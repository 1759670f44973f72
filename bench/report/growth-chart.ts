import type { GrowthPoint } from '../growth.js';
import { round, svgDocument, svgLine, svgText } from './svg.js';

const PANEL = 290;
const PLOT = { left: 44, width: 220, top: 70, height: 170 };

/** One panel per axis: CPU time per delivery over size. A flat line means that the cost does not grow. */
export function growthChart(points: readonly GrowthPoint[]): string {
  const axes = [...new Set(points.map(({ axis }) => axis))];
  const most = Math.max(...points.map(({ cpuUs }) => cpuUs)) * 1.2;
  const said = points.map(
    ({ axis, size, cpuUs }) => `${size.toLocaleString('en')} ${axis}: ${cpuUs.toFixed(2)} us.`,
  );
  const picture = {
    width: PANEL * axes.length + 20,
    height: 290,
    title: 'CPU time per delivery as channels, clients and history grow a hundredfold',
    description: said.join(' '),
  };
  return svgDocument(picture, [
    svgText(16, 28, picture.title, { class: 'title' }),
    svgText(16, 48, 'microseconds of the server per delivered message', { class: 'dim' }),
    ...axes.flatMap((axis, i) =>
      panel(
        axis,
        points.filter((point) => point.axis === axis),
        i * PANEL,
        most,
      ),
    ),
  ]);
}

function panel(axis: string, points: readonly GrowthPoint[], offset: number, most: number): string[] {
  const left = offset + PLOT.left;
  const bottom = PLOT.top + PLOT.height;
  const x = (i: number): number => left + 20 + (i * (PLOT.width - 40)) / Math.max(1, points.length - 1);
  const y = (cpuUs: number): number => bottom - (cpuUs / most) * PLOT.height;
  const path = points.map(({ cpuUs }, i) => `${round(x(i))},${round(y(cpuUs))}`).join(' ');
  return [
    svgLine([left, bottom], [left + PLOT.width, bottom], 'base'),
    svgLine([left, PLOT.top], [left, bottom], 'grid'),
    svgText(left - 6, bottom + 4, '0', { class: 'dim', anchor: 'end' }),
    `<polyline points="${path}" class="ours line" style="fill:none"/>`,
    ...points.flatMap(({ size, cpuUs }, i) => [
      `<circle cx="${round(x(i))}" cy="${round(y(cpuUs))}" r="4" class="ours"/>`,
      svgText(x(i), y(cpuUs) - 10, cpuUs.toFixed(2), { anchor: 'middle' }),
      svgText(x(i), bottom + 18, size.toLocaleString('en'), { class: 'dim', anchor: 'middle' }),
    ]),
    svgText(left + PLOT.width / 2, bottom + 38, axis, { anchor: 'middle' }),
  ];
}
