import { EMPTY, type Summary } from 'recodex-monitor/client';
import { describe, expect, it } from 'vitest';

import { progressBar, progressLine, summaryLine, type LineStyle } from '../../src/cli/progress-bar.js';

describe('the progress bar', () => {
  const style = { width: 10, color: false, tick: 0 };

  it('shows three parts of what is expected', () => {
    const progress = of({ completed: 5, failed: 2, skipped: 1 });
    expect(progressBar(progress, { ...style, expected: 10 })).toBe('[=====xx-  ]');
  });

  it('never hides a failed task by rounding, and is full only when all is done', () => {
    expect(progressBar(of({ completed: 998, failed: 1, skipped: 0 }), { ...style, expected: 1000 })).toBe(
      '[========x ]',
    );
    expect(progressBar(of({ completed: 0, failed: 1, skipped: 0 }), { ...style, expected: 1000 })).toBe(
      '[x         ]',
    );
    expect(progressBar(of({ completed: 999, failed: 0, skipped: 1 }), { ...style, expected: 1000 })).toBe(
      '[=========-]',
    );
  });

  it('has its width whatever the counts', () => {
    for (const width of [3, 4, 10, 33]) {
      for (const completed of [0, 1, 2, 7, 500]) {
        for (const failed of [0, 1, 3, 400]) {
          for (const skipped of [0, 1, 5, 300]) {
            for (const expected of [0, 1, 10, 1200]) {
              const bar = progressBar(of({ completed, failed, skipped }), { ...style, width, expected });
              expect(bar).toMatch(/^\[=*x*-* *\]$/);
              expect(bar).toHaveLength(width + 2);
              expect([bar.includes('='), bar.includes('x'), bar.includes('-')]).toEqual(
                [completed, failed, skipped].map((count) => count > 0),
              );
            }
          }
        }
      }
    }
  });

  it('does not guess an unknown total: something moves to and fro', () => {
    const bars = [0, 1, 7, 8, 14].map((tick) => progressBar(of({}), { ...style, tick }));
    expect(bars).toEqual(['[<=>       ]', '[ <=>      ]', '[       <=>]', '[      <=> ]', '[<=>       ]']);
  });

  it('knows the total once the job has finished', () => {
    const finished: Summary = { ...of({ completed: 4, failed: 1 }), state: 'finished' };
    expect(progressBar(finished, style)).toBe('[========xx]');
  });

  it('is not full when fewer tasks than expected were reported, or the beginning is missing', () => {
    const finished: Summary = { ...of({ completed: 4, failed: 1 }), state: 'finished' };
    expect(progressBar(finished, { ...style, expected: 10 })).toBe('[====x     ]');
    expect(progressBar({ ...finished, partial: true }, style)).toContain('<=>');
  });

  it('colours only when asked to', () => {
    const bar = progressBar(of({ completed: 1 }), { ...style, expected: 10, color: true });
    expect(bar).toBe('[\u001b[32m=\u001b[0m         ]');
  });
});

describe('the progress line', () => {
  const style: LineStyle = {
    columns: 120,
    expected: 20,
    color: false,
    tick: 0,
    elapsedMs: 75_400,
    connection: 'live',
  };

  it('says state, attempt, counts, time and connection', () => {
    const line = progressLine({ ...of({ completed: 10 }), attempt: 2 }, style);
    expect(line).toBe(
      `[${'='.repeat(20)}${' '.repeat(20)}] 10/20  running  attempt 2  10 ok, 0 failed, 0 skipped  1:15  live`,
    );
  });

  it('leaves out what a watcher needs least on a narrow terminal, and keeps the bar and the failed tasks', () => {
    const line = progressLine(of({ completed: 10, failed: 1 }), { ...style, columns: 40 });
    expect(line).toMatch(/^\[=+x *\] 11\/20 {2}.*1 failed/);
    expect(line.length).toBeLessThan(40);
  });

  it('says that the counts of a job without a beginning are a lower bound', () => {
    const partial = { ...of({ completed: 10, failed: 1 }), partial: true };
    expect(progressLine(partial, style)).toContain('at least 10 ok, 1 failed');
    expect(progressLine(partial, { ...style, columns: 40 })).toContain('at least 11/20');
  });

  it('is always narrower than the terminal', () => {
    for (let columns = 0; columns < 150; columns++) {
      expect(progressLine(of({ completed: 3 }), { ...style, columns }).length).toBeLessThan(
        Math.max(columns, 1),
      );
    }
  });

  it('ends in a summary', () => {
    const finished: Summary = {
      ...of({ completed: 2, failed: 1, skipped: 1 }),
      state: 'finished',
      started_at: '2026-11-23T19:00:00.000Z',
      updated_at: '2026-11-23T19:00:06.000Z',
    };
    expect(summaryLine(finished)).toBe('finished after 0:06: 2 completed, 1 failed, 1 skipped');
    expect(summaryLine({ ...finished, attempt: 2 })).toMatch(/1 skipped, attempt 2$/);
    expect(summaryLine(EMPTY)).toBe('waiting after 0:00: 0 completed, 0 failed, 0 skipped');
  });
});

function of(tasks: Partial<Summary['tasks']>): Summary {
  return { ...EMPTY, state: 'running', tasks: { ...EMPTY.tasks, ...tasks } };
}
