import { describe, expect, test } from 'vitest';
import { finalStatus } from '../../web/final-status.js';
import { historyOf } from '../fixtures/web/job-history.js';

const SUCCESS = ['STARTED', 'TASK a COMPLETED', 'TASK b COMPLETED'];
const MISSING = 'The beginning of the job is missing, so other tasks may have failed.';

describe('a finished job', () => {
  test.each<[string[], number | undefined]>([
    [SUCCESS, undefined],
    [SUCCESS, 2],
    [['STARTED', 'TASK a FAILED', 'ABORTED', ...SUCCESS], 2],
    [['STARTED', 'TASK a ODD', 'ABORTED', ...SUCCESS], 2],
  ])('is a success after %j with %j expected tasks', (commands, expected) => {
    expect(finalStatus(historyOf([...commands, 'FINISHED']), expected)).toEqual({
      tone: 'finished',
      headline: 'Finished',
      detail: 'All reported tasks were completed.',
    });
  });

  test.each<[string[], number | undefined, number, string]>([
    [['STARTED', 'TASK a FAILED', 'TASK b COMPLETED'], 2, 1, '1 of 2 tasks failed.'],
    [['STARTED', 'TASK a SKIPPED', 'TASK b COMPLETED'], 2, 1, '1 task skipped.'],
    [SUCCESS, 3, 1, '2 tasks reported, 3 expected.'],
    [SUCCESS, 1, 1, '2 tasks reported, 1 expected.'],
    [['STARTED'], 3, 1, '0 tasks reported, 3 expected.'],
    [['STARTED'], undefined, 1, 'No task was reported.'],
    [[...SUCCESS, 'TASK c ODD'], 3, 1, '1 task ended with an unknown outcome.'],
    [[...SUCCESS, 'TASK c'], 3, 1, '1 task ended with an unknown outcome.'],
    [[...SUCCESS, 'ABORTED'], 2, 1, 'The last attempt was aborted.'],
    [SUCCESS, 2, 7, MISSING],
    [SUCCESS.slice(1), 2, 1, MISSING],
    [[], undefined, 1, MISSING],
    [['TASK a FAILED'], undefined, 1, `At least 1 task failed. ${MISSING}`],
    [['TASK a COMPLETED', 'ABORTED', ...SUCCESS], 2, 1, MISSING],
  ])(
    'is no success after %j with %j expected tasks, received from message %i on',
    (commands, expected, firstSeq, detail) => {
      expect(finalStatus(historyOf([...commands, 'FINISHED'], firstSeq), expected)).toEqual({
        tone: 'mixed',
        headline: 'Finished',
        detail,
      });
    },
  );

  test('is no success if its first messages were trimmed', () => {
    const history = historyOf([]);
    history.clear('trimmed');
    for (const command of ['STARTED', 'FINISHED']) history.add({ id: 'e-1', time: '', command });
    expect(finalStatus(history, undefined).tone).toBe('mixed');
  });
});
