import { describe, expect, test } from 'vitest';
import type { ProgressMessage } from '../../client/item.js';
import { Announcer } from '../../web/announcer.js';
import { describe as describeLink, UNCONNECTED, type Connection } from '../../web/connection.js';
import { Journal } from '../../web/journal.js';
import { measure } from '../../web/measure.js';
import { statusOf, type Status } from '../../web/status.js';

const LIVE: Connection = { ...UNCONNECTED, state: 'live', known: true };
const LOST: Connection = { ...LIVE, state: 'waiting', retryAt: 5000 };

function journalOf(commands: readonly string[], firstSeq = 1): Journal {
  const journal = new Journal();
  for (const [at, text] of commands.entries()) {
    const [command = '', task_id, task_state] = text.split(' ');
    const time = new Date(at * 1000).toISOString();
    const task = { ...(task_id && { task_id }), ...(task_state && { task_state }) };
    journal.add({ id: `e-${at + firstSeq}`, time, command, ...task } satisfies ProgressMessage);
  }
  return journal;
}

function status(
  commands: readonly string[],
  connection: Connection,
  { expected, firstSeq }: { expected?: number; firstSeq?: number } = {},
): Status {
  return statusOf(journalOf(commands, firstSeq), { expected, connection, now: 5000 });
}

describe('the state in words', () => {
  test.each<[string[], Connection, string]>([
    [[], UNCONNECTED, 'Connecting'],
    [[], { ...UNCONNECTED, state: 'waiting' }, 'No connection'],
    [[], LIVE, 'Waiting for the first message'],
    [[], { ...LIVE, unansweredAt: 1 }, 'Waiting for the first message'],
    [[], { ...LIVE, unansweredAt: 0 }, 'Nothing is known of this job'],
    [[], { ...LIVE, unansweredAt: 0, state: 'connecting', checkedAt: 4000 }, 'Nothing is known of this job'],
    [[], { ...LOST, unansweredAt: 0 }, 'Connection lost'],
    [[], LOST, 'Connection lost'],
    [[], { ...UNCONNECTED, state: 'ended', end: { reason: 'refused' } }, 'Not available'],
    [['STARTED'], LIVE, 'Running'],
    [['STARTED'], { ...LIVE, doubtful: true }, 'Running when last heard'],
    [['STARTED'], LOST, 'Running when last heard'],
    [['STARTED'], { ...LIVE, state: 'connecting', checkedAt: 3001 }, 'Running'],
    [['STARTED'], { ...LIVE, state: 'connecting', checkedAt: 3000 }, 'Running when last heard'],
    [['STARTED'], { ...LIVE, state: 'ended', end: { reason: 'idle' } }, 'Running when last heard'],
    [['STARTED', 'ABORTED'], LIVE, 'Aborted'],
    [['STARTED', 'ABORTED', 'FAILED'], LIVE, 'Failed'],
    [['FAILED', 'FINISHED'], LOST, 'Failed'],
    [['STARTED', 'FINISHED'], LOST, 'Finished'],
  ])('after %j', (commands, connection, expected) => {
    expect(status(commands, connection).headline).toBe(expected);
  });

  test('never says finished because the stream ended', () => {
    const ended: Connection = { ...LIVE, state: 'ended', end: { reason: 'idle' } };
    for (const commands of [[], ['STARTED'], ['STARTED', 'ENDED', 'UPLOADED'], ['ABORTED'], ['FAILED']])
      expect(status(commands, ended).headline).not.toContain('Finished');
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'says nothing odd after %s',
    (name) => {
      for (const commands of [[name], ['STARTED', name], [`TASK ${name} ${name}`]]) {
        expect(status(commands, LIVE)).toEqual({
          tone: 'running',
          headline: 'Running',
          detail: 'The job is reporting its progress.',
        });
      }
      const [entry] = journalOf([`TASK ${name} ${name}`]).lists.all;
      expect(entry).toMatchObject({ kind: 'unknown', text: `${name} (${name})` });
      expect(journalOf([name]).lists.all[0]).toMatchObject({ kind: 'step', text: `Message “${name}”` });
    },
  );

  test('says since when nothing was heard', () => {
    const { detail } = status(['STARTED'], { ...LOST, heardAt: 0 });
    expect(detail).toMatch(
      /^No connection\. Nothing has been heard since \d\d:00:00, so this may be out of date\.$/,
    );
  });
});

describe('the verdict on a finished job', () => {
  const all = ['STARTED', 'TASK a COMPLETED', 'TASK b COMPLETED'];
  const missing = 'The beginning of the job is missing here, so other tasks may have failed.';

  test.each<[string[], number | undefined]>([
    [all, undefined],
    [all, 2],
    [['STARTED', 'TASK a FAILED', 'ABORTED', ...all], 2],
    [['STARTED', 'TASK a ODD', 'ABORTED', ...all], 2],
  ])('is good after %j with %j expected', (commands, expected) => {
    expect(status([...commands, 'FINISHED'], LIVE, expected ? { expected } : {})).toEqual({
      tone: 'finished',
      headline: 'Finished',
      detail: 'Every task reported was completed.',
    });
  });

  test.each<[string[], number, number, string]>([
    [['STARTED', 'TASK a FAILED', 'TASK b COMPLETED'], 2, 1, '1 of 2 tasks failed.'],
    [['STARTED', 'TASK a SKIPPED', 'TASK b COMPLETED'], 2, 1, '1 task skipped.'],
    [all, 3, 1, '2 tasks reported, 3 expected.'],
    [all, 1, 1, '2 tasks reported, 1 expected.'],
    [['STARTED'], 3, 1, '0 tasks reported, 3 expected.'],
    [['STARTED'], 0, 1, 'No task was reported.'],
    [[...all, 'TASK c ODD'], 3, 1, '1 task ended in a way that this page does not know.'],
    [[...all, 'TASK c'], 3, 1, '1 task ended in a way that this page does not know.'],
    [[...all, 'ABORTED'], 2, 1, 'The last attempt was given up.'],
    [all, 2, 7, missing],
    [all.slice(1), 2, 1, missing],
    [[], 0, 1, missing],
    [['TASK a FAILED'], 0, 1, `At least 1 task failed. ${missing}`],
    [['TASK a COMPLETED', 'ABORTED', ...all], 2, 1, missing],
  ])('is not good after %j with %j expected, from message %i', (commands, expected, firstSeq, detail) => {
    const options = expected > 0 ? { expected, firstSeq } : { firstSeq };
    expect(status([...commands, 'FINISHED'], LIVE, options)).toEqual({
      tone: 'mixed',
      headline: 'Finished',
      detail,
    });
  });

  test('is not good when the beginning was trimmed', () => {
    const journal = journalOf([]);
    journal.clear('trimmed');
    for (const command of ['STARTED', 'FINISHED']) journal.add({ id: 'e-1', time: '', command });
    expect(statusOf(journal, { expected: undefined, connection: LIVE, now: 0 }).tone).toBe('mixed');
  });
});

describe('the link in words', () => {
  test.each<[Connection, string, string]>([
    [UNCONNECTED, 'trying', 'Connecting…'],
    [LIVE, 'live', 'Live'],
    [{ ...LIVE, doubtful: true }, 'lost', 'Offline'],
    [LOST, 'lost', 'Reconnecting in 4 s'],
    [{ ...LIVE, state: 'connecting' }, 'trying', 'Reconnecting…'],
    [{ ...LIVE, state: 'ended', end: { reason: 'finished' } }, 'over', 'Ended'],
  ])('%j', (connection, look, label) => {
    expect(describeLink(connection, 1500)).toEqual({ look, label });
  });
});

describe('the measure', () => {
  const done = ['STARTED', 'TASK a COMPLETED', 'TASK b FAILED', 'TASK c SKIPPED'];

  test.each<[string[], number | undefined, number, ReturnType<typeof measure>]>([
    [[], undefined, 1, { done: 0, total: undefined, percent: undefined, text: 'no tasks yet' }],
    [done, undefined, 1, { done: 3, total: undefined, percent: undefined, text: '3 tasks so far' }],
    [done, 8, 1, { done: 3, total: 8, percent: 37, text: '3 of 8 tasks' }],
    [done, 8, 5, { done: 3, total: 8, percent: undefined, text: 'at least 3 of 8 tasks' }],
    [done, 2, 1, { done: 3, total: undefined, percent: undefined, text: '3 tasks, 2 expected' }],
    [[...done, 'FINISHED'], undefined, 1, { done: 3, total: 3, percent: undefined, text: '3 tasks' }],
    [[...done, 'FINISHED'], 8, 1, { done: 3, total: 8, percent: 37, text: '3 of 8 tasks' }],
    [['STARTED', 'FINISHED'], undefined, 1, { done: 0, total: 0, percent: undefined, text: 'no tasks' }],
  ])('%j, %j expected, from message %i', (commands, expected, firstSeq, result) => {
    expect(measure(journalOf(commands, firstSeq).summary, expected)).toEqual(result);
  });
});

test('the announcer tells the state at once, and every tenth of the tasks at most every five seconds', () => {
  const announcer = new Announcer();
  const say = (count: number, now: number, end: string[] = []): string | undefined => {
    const tasks = Array.from({ length: count }, (_, at) => `TASK t${at} COMPLETED`);
    const journal = journalOf(['STARTED', ...tasks, ...end]);
    const { summary } = journal;
    return announcer.next(
      statusOf(journal, { expected: 100, connection: LIVE, now }),
      measure(summary, 100),
      summary.tasks,
      now,
    );
  };
  expect(say(0, 0)).toBe('Running. The evaluation is running.');
  expect(say(9, 6000)).toBeUndefined();
  expect(say(10, 7000)).toBe('10 percent, 10 of 100 tasks: 10 completed.');
  expect(say(20, 8000)).toBeUndefined();
  expect(say(35, 12_000)).toBe('35 percent, 35 of 100 tasks: 35 completed.');
  expect(say(35, 60_000)).toBeUndefined();
  expect(say(35, 60_001, ['FINISHED'])).toBe('Finished. 35 tasks reported, 100 expected.');
});
