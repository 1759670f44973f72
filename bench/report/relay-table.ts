import type { RelayRow } from '../relay.js';
import { shortNumber } from './number.js';
import { aligned } from './table.js';

/** The medians of the relay as a Markdown table. Goals apply to full sizes only. */
export function relayTable(rows: readonly RelayRow[], quick: boolean): string {
  return aligned([
    ['what', 'unit', 'median', 'lowest', 'highest', 'goal'],
    ...rows.map(({ title, unit, value, runs, goal }) => [
      title,
      unit,
      shortNumber(value),
      shortNumber(Math.min(...runs)),
      shortNumber(Math.max(...runs)),
      goal === undefined ? '' : quick ? goal.text : `${goal.text}: ${goal.met(value) ? 'met' : 'missed'}`,
    ]),
  ]);
}
