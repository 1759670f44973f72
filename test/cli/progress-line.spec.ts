import { EMPTY, type Summary } from 'recodex-monitor/client';
import { describe, expect, it } from 'vitest';

import { progressLine, summaryLine, type LineStyle } from '../../src/cli/progress-line.js';
import { runningJob } from '../fixtures/running-job.js';

describe('the progress line', () => {
  const style: LineStyle = {
    columns: 120,
    expected: 20,
    color: false,
    tick: 0,
    elapsedMs: 75_400,
    connection: 'live',
  };

  it('shows state, attempt, counts, time and connection', () => {
    const line = progressLine({ ...runningJob({ completed: 10 }), attempt: 2 }, style);
    expect(line).toBe(
      `[${'='.repeat(20)}${' '.repeat(20)}] 10/20  running  attempt 2  10 ok, 0 failed, 0 skipped  1:15  live`,
    );
  });

  it('omits details on a narrow terminal, but keeps the bar and the failed tasks', () => {
    const line = progressLine(runningJob({ completed: 10, failed: 1 }), { ...style, columns: 40 });
    expect(line).toMatch(/^\[=+x *\] 11\/20 {2}.*1 failed/);
    expect(line.length).toBeLessThan(40);
  });

  it('shows "at least" when the beginning of the job is missing', () => {
    const partial = { ...runningJob({ completed: 10, failed: 1 }), partial: true };
    expect(progressLine(partial, style)).toContain('at least 10 ok, 1 failed');
    expect(progressLine(partial, { ...style, columns: 40 })).toContain('at least 11/20');
  });

  it('is always narrower than the terminal', () => {
    for (let columns = 0; columns < 150; columns++) {
      expect(progressLine(runningJob({ completed: 3 }), { ...style, columns }).length).toBeLessThan(
        Math.max(columns, 1),
      );
    }
  });
});

describe('the summary line', () => {
  it('shows state, time, counts and attempt', () => {
    const finished: Summary = {
      ...runningJob({ completed: 2, failed: 1, skipped: 1 }),
      state: 'finished',
      started_at: '2026-11-23T19:00:00.000Z',
      updated_at: '2026-11-23T19:00:06.000Z',
    };
    expect(summaryLine(finished)).toBe('finished after 0:06: 2 completed, 1 failed, 1 skipped');
    expect(summaryLine({ ...finished, attempt: 2 })).toMatch(/1 skipped, attempt 2$/);
    expect(summaryLine(EMPTY)).toBe('waiting after 0:00: 0 completed, 0 failed, 0 skipped');
  });
});
