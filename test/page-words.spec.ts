import { describe, expect, test } from 'vitest';
import type { ProgressMessage } from '../client/item.js';
import { Announcer } from '../web/announcer.js';
import { describe as describeLink, UNCONNECTED, type Connection } from '../web/connection.js';
import { Journal } from '../web/journal.js';
import { measure } from '../web/measure.js';
import { statusOf } from '../web/status.js';

const LIVE: Connection = { ...UNCONNECTED, state: 'live', known: true };
const LOST: Connection = { ...LIVE, state: 'waiting', retryAt: 5000 };

function journalOf(commands: readonly string[], firstSeq = 1): Journal {
  const journal = new Journal();
  for (const [at, text] of commands.entries()) {
    const [command = '', task_id, task_state] = text.split(' ');
    const time = new Date(at * 1000).toISOString();
    const task = task_id && task_state ? { task_id, task_state } : {};
    journal.add({ id: `e-${at + firstSeq}`, time, command, ...task } satisfies ProgressMessage);
  }
  return journal;
}

function headline(commands: readonly string[], connection: Connection): string {
  const { summary, step, partial } = journalOf(commands);
  return statusOf(summary, step, partial, connection).headline;
}

describe('the state in words', () => {
  test.each<[string[], Connection, string]>([
    [[], UNCONNECTED, 'Connecting'],
    [[], { ...UNCONNECTED, state: 'waiting' }, 'No connection'],
    [[], LIVE, 'Waiting for the first message'],
    [[], LOST, 'Connection lost'],
    [[], { ...UNCONNECTED, state: 'ended', end: { reason: 'refused' } }, 'Not available'],
    [['STARTED'], LIVE, 'Running'],
    [['STARTED'], { ...LIVE, doubtful: true }, 'Running when last heard'],
    [['STARTED'], LOST, 'Running when last heard'],
    [['STARTED'], { ...LIVE, state: 'ended', end: { reason: 'idle' } }, 'Running when last heard'],
    [['STARTED', 'ABORTED'], LIVE, 'Aborted'],
    [['STARTED', 'ABORTED', 'FAILED'], LIVE, 'Failed'],
    [['FAILED', 'FINISHED'], LOST, 'Failed'],
    [['STARTED', 'FINISHED'], LOST, 'Finished'],
  ])('after %j', (commands, connection, expected) => {
    expect(headline(commands, connection)).toBe(expected);
  });

  test('never says finished because the stream ended', () => {
    const ended: Connection = { ...LIVE, state: 'ended', end: { reason: 'idle' } };
    for (const commands of [[], ['STARTED'], ['STARTED', 'ENDED', 'UPLOADED'], ['ABORTED'], ['FAILED']])
      expect(headline(commands, ended)).not.toContain('Finished');
  });

  test('tells failed tasks of a finished job', () => {
    const { summary, step, partial } = journalOf(['TASK a FAILED', 'TASK b COMPLETED', 'FINISHED']);
    expect(statusOf(summary, step, partial, LIVE)).toMatchObject({
      tone: 'mixed',
      detail: '1 of 2 tasks failed.',
    });
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
  const done = ['TASK a COMPLETED', 'TASK b FAILED', 'TASK c SKIPPED'];

  test.each<[string[], number | undefined, number, ReturnType<typeof measure>]>([
    [[], undefined, 1, { done: 0, total: undefined, percent: undefined, text: 'no tasks yet' }],
    [done, undefined, 1, { done: 3, total: undefined, percent: undefined, text: '3 tasks so far' }],
    [done, 8, 1, { done: 3, total: 8, percent: 37, text: '3 of 8 tasks' }],
    [done, 8, 5, { done: 3, total: 8, percent: undefined, text: 'at least 3 of 8 tasks' }],
    [done, 2, 1, { done: 3, total: undefined, percent: undefined, text: '3 tasks, 2 expected' }],
    [[...done, 'FINISHED'], undefined, 1, { done: 3, total: 3, percent: undefined, text: '3 tasks' }],
    [[...done, 'FINISHED'], 8, 1, { done: 3, total: 8, percent: 37, text: '3 of 8 tasks' }],
    [['FINISHED'], undefined, 1, { done: 0, total: 0, percent: undefined, text: 'no tasks' }],
  ])('%j, %j expected, from message %i', (commands, expected, firstSeq, result) => {
    const { summary, partial } = journalOf(commands, firstSeq);
    expect(measure(summary, expected, partial)).toEqual(result);
  });
});

test('the announcer tells the state at once, and every tenth of the tasks at most every five seconds', () => {
  const announcer = new Announcer();
  const say = (count: number, now: number, end: string[] = []): string | undefined => {
    const tasks = Array.from({ length: count }, (_, at) => `TASK t${at} COMPLETED`);
    const { summary, step, partial } = journalOf(['STARTED', ...tasks, ...end]);
    return announcer.next(
      statusOf(summary, step, partial, LIVE),
      measure(summary, 100, partial),
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
  expect(say(35, 60_001, ['FINISHED'])).toBe('Finished. Every task reported was completed.');
});
