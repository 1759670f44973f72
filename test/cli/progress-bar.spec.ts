import type { Summary } from 'recodex-monitor/client';
import { describe, expect, it } from 'vitest';

import { progressBar } from '../../src/cli/progress-bar.js';
import { runningJob } from '../fixtures/running-job.js';

describe('the progress bar', () => {
  const style = { width: 10, color: false, tick: 0 };

  it('shows completed, failed and skipped tasks as parts of the expected number', () => {
    const progress = runningJob({ completed: 5, failed: 2, skipped: 1 });
    expect(progressBar(progress, { ...style, expected: 10 })).toBe('[=====xx-  ]');
  });

  it('shows at least one cell for a failed task, and is full only when all tasks are done', () => {
    expect(
      progressBar(runningJob({ completed: 998, failed: 1, skipped: 0 }), { ...style, expected: 1000 }),
    ).toBe('[========x ]');
    expect(
      progressBar(runningJob({ completed: 0, failed: 1, skipped: 0 }), { ...style, expected: 1000 }),
    ).toBe('[x         ]');
    expect(
      progressBar(runningJob({ completed: 999, failed: 0, skipped: 1 }), { ...style, expected: 1000 }),
    ).toBe('[=========-]');
  });

  it('has the same width for all counts', () => {
    for (const width of [3, 4, 10, 33]) {
      for (const completed of [0, 1, 2, 7, 500]) {
        for (const failed of [0, 1, 3, 400]) {
          for (const skipped of [0, 1, 5, 300]) {
            for (const expected of [0, 1, 10, 1200]) {
              const bar = progressBar(runningJob({ completed, failed, skipped }), {
                ...style,
                width,
                expected,
              });
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

  it('shows a moving indicator when the total is unknown', () => {
    const bars = [0, 1, 7, 8, 14].map((tick) => progressBar(runningJob({}), { ...style, tick }));
    expect(bars).toEqual(['[<=>       ]', '[ <=>      ]', '[       <=>]', '[      <=> ]', '[<=>       ]']);
  });

  it('takes the reported tasks as total when the job has finished', () => {
    const finished: Summary = { ...runningJob({ completed: 4, failed: 1 }), state: 'finished' };
    expect(progressBar(finished, style)).toBe('[========xx]');
  });

  it('is not full when tasks or the beginning of the job are missing', () => {
    const finished: Summary = { ...runningJob({ completed: 4, failed: 1 }), state: 'finished' };
    expect(progressBar(finished, { ...style, expected: 10 })).toBe('[====x     ]');
    expect(progressBar({ ...finished, partial: true }, style)).toContain('<=>');
  });

  it('has colors only when they are enabled', () => {
    const bar = progressBar(runningJob({ completed: 1 }), { ...style, expected: 10, color: true });
    expect(bar).toBe('[\u001b[32m=\u001b[0m         ]');
  });
});
