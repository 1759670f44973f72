import { describe, expect, it } from 'vitest';

import { progressBar, progressLine, summaryLine, type LineStyle } from '../src/cli/progress-bar.js';
import { advance, NO_PROGRESS, type Progress } from '../src/cli/progress.js';
import { parseFrame } from '../src/cli/stream-frame.js';
import { visible } from '../src/cli/terminal.js';

const ROUND = ['DOWNLOADED', 'STARTED', 'TASK COMPLETED', 'TASK FAILED', 'TASK SKIPPED', 'TASK COMPLETED'];

describe('progress', () => {
  it('counts tasks and messages and takes its times from the messages', () => {
    const progress = after(...ROUND, 'ENDED', 'UPLOADED', 'FINISHED');
    expect(progress).toEqual({
      state: 'finished',
      attempt: 1,
      tasks: { completed: 2, failed: 1, skipped: 1 },
      messages: 9,
      startedAt: 0,
      updatedAt: 8000,
      finishedAt: 8000,
    });
  });

  it('waits until the first message, of whatever kind', () => {
    expect(NO_PROGRESS.state).toBe('waiting');
    expect(after('SOMETHING-NEW').state).toBe('running');
  });

  it('keeps the counts of an aborted attempt until the next one begins, and counts the attempts', () => {
    expect(after(...ROUND, 'ABORTED')).toMatchObject({
      state: 'aborted',
      attempt: 1,
      tasks: { completed: 2 },
    });
    expect(after(...ROUND, 'ABORTED', 'DOWNLOADED', 'STARTED', 'TASK COMPLETED')).toMatchObject({
      state: 'running',
      attempt: 2,
      tasks: { completed: 1, failed: 0, skipped: 0 },
    });
  });

  it('stays failed after the FINISHED of a failed build', () => {
    const progress = after('DOWNLOADED', 'FAILED', 'FINISHED');
    expect(progress).toMatchObject({ state: 'failed', finishedAt: 2000 });
  });

  it('stays failed when FAILED has overtaken the ABORTED before it', () => {
    expect(after(...ROUND, 'FAILED', 'ABORTED').state).toBe('failed');
    expect(after(...ROUND, 'ABORTED', 'FAILED').state).toBe('failed');
  });

  it('begins the next attempt anew after FAILED', () => {
    expect(after(...ROUND, 'FAILED', 'ABORTED', 'STARTED', 'TASK COMPLETED', 'FINISHED')).toMatchObject({
      state: 'finished',
      attempt: 2,
      tasks: { completed: 1, failed: 0, skipped: 0 },
    });
  });

  it('ignores a task state that it does not know', () => {
    expect(after('TASK', 'TASK PAUSED').tasks).toEqual({ completed: 0, failed: 0, skipped: 0 });
  });
});

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
    const finished: Progress = { ...of({ completed: 4, failed: 1 }), state: 'finished' };
    expect(progressBar(finished, style)).toBe('[========xx]');
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

  it('is always narrower than the terminal', () => {
    for (let columns = 0; columns < 150; columns++) {
      expect(progressLine(of({ completed: 3 }), { ...style, columns }).length).toBeLessThan(
        Math.max(columns, 1),
      );
    }
  });

  it('ends in a summary', () => {
    expect(summaryLine(after(...ROUND, 'FINISHED'))).toBe(
      'finished after 0:06: 2 completed, 1 failed, 1 skipped',
    );
  });
});

describe('a frame of the stream', () => {
  it.each([
    '',
    'no json',
    '[]',
    'null',
    '5',
    '{}',
    '{"id":"x-1","command":"A"}',
    '{"id":"x","time":"","command":"A"}',
  ])('is ignored when it is neither message nor reset: %s', (text) => {
    expect(parseFrame(text)).toBeUndefined();
  });
});

describe('visible', () => {
  it('lets nothing through that could steer a terminal', () => {
    expect(visible('\u001b[2Ja\r\n\u0007\u009b1m\u202eb\u2028\ud800')).toBe(
      String.raw`\u{1b}[2Ja\u{d}\u{a}\u{7}\u{9b}1m\u{202e}b\u{2028}\u{d800}`,
    );
    expect(visible('Příklad <b> 😀')).toBe('Příklad <b> 😀');
  });
});

function of(tasks: Partial<Progress['tasks']>): Progress {
  return { ...NO_PROGRESS, state: 'running', tasks: { ...NO_PROGRESS.tasks, ...tasks } };
}

/** The progress after these messages, one a second; a task's message is written `TASK STATE`. */
function after(...messages: string[]): Progress {
  return messages.reduce((progress, text, index) => {
    const [command, state] = text.split(' ');
    return advance(progress, {
      id: `e-${index + 1}`,
      time: new Date(index * 1000).toISOString(),
      command: command!,
      ...(state === undefined ? {} : { task_id: `t${index}`, task_state: state }),
    });
  }, NO_PROGRESS);
}
