import { describe, expect, test } from 'vitest';
import { TimelineIndex } from '../../web/timeline-index.js';
import { timelineRows, type TimelineRow, type TimelineView } from '../../web/timeline-rows.js';
import { historyOf } from '../fixtures/web/job-history.js';

const UUID = '2341b599-c388-4357-8fea-be1e3bb182e0';
const VIEW: TimelineView = {
  filter: 'all',
  search: '',
  failuresFirst: false,
  grouped: false,
  open: new Set(),
};
const JOB = [
  'STARTED',
  `TASK .${UUID}.compilation.0 COMPLETED`,
  `TASK t01.${UUID}.run.1 FAILED`,
  `TASK t01.${UUID}.judge.2 SKIPPED`,
  `TASK t02.${UUID}.run.3 COMPLETED`,
  `TASK t02.${UUID}.judge.4 COMPLETED`,
];

/** The rows as they are shown, from the top. */
function shown(commands: readonly string[], change: Partial<TimelineView>): string[] {
  const { entries } = historyOf(commands);
  const { names } = new TimelineIndex().read(entries);
  const text = (row: TimelineRow): string => {
    if ('group' in row) return `${row.isOpen ? '-' : '+'} ${row.group.test}: ${row.group.tasks.length}`;
    const { task, text: own } = 'inside' in row ? row.inside : row;
    return ('inside' in row ? '  ' : '') + ((task && names.nameOf(task)) ?? own);
  };
  return timelineRows(entries, names, { ...VIEW, ...change })
    .map(text)
    .toReversed();
}

describe('the rows of the timeline', () => {
  test('are the entries, newest first', () => {
    expect(shown(JOB, {})).toEqual([
      'Test 02, judge',
      'Test 02, run',
      'Test 01, judge',
      'Test 01, run',
      'Compilation',
      'The evaluation has started',
    ]);
  });

  test('are those of one outcome', () => {
    expect(shown(JOB, { filter: 'failed' })).toEqual(['Test 01, run']);
    expect(shown(JOB, { filter: 'skipped' })).toEqual(['Test 01, judge']);
    expect(new TimelineIndex().read(historyOf(JOB).entries).counts).toEqual({
      all: 6,
      failed: 1,
      skipped: 1,
    });
  });

  test('start with the failures of the present attempt', () => {
    expect(shown(JOB, { failuresFirst: true })[0]).toBe('Test 01, run');
    const again = [...JOB, 'ABORTED', 'STARTED', 'TASK a FAILED', 'TASK b COMPLETED'];
    expect(shown(again, { failuresFirst: true }).slice(0, 4)).toEqual([
      'a',
      'b',
      'The evaluation has started',
      'Attempt 2',
    ]);
  });

  test.each([
    ['judge', ['Test 02, judge', 'Test 01, judge']],
    ['  TEST 01 ', ['Test 01, judge', 'Test 01, run']],
    ['.run.3', ['Test 02, run']],
    ['evaluation', ['The evaluation has started']],
    ['nothing like this', []],
  ])('are those that match the search for "%s"', (search, rows) => {
    expect(shown(JOB, { search })).toEqual(rows);
  });

  test('are one row for each test, which opens', () => {
    const closed = ['+ Test 02: 2', '+ Test 01: 2', 'Compilation', 'The evaluation has started'];
    expect(shown(JOB, { grouped: true })).toEqual(closed);
    expect(shown(JOB, { grouped: true, open: new Set(['0 Test 01']) })).toEqual([
      '+ Test 02: 2',
      '- Test 01: 2',
      '  Test 01, judge',
      '  Test 01, run',
      ...closed.slice(2),
    ]);
  });

  test('are other groups in each attempt, and a group with a failure comes first', () => {
    const again = [...JOB, 'ABORTED', ...JOB];
    expect(shown(again, { grouped: true }).filter((row) => row.startsWith('+'))).toHaveLength(4);
    expect(shown(again, { grouped: true, failuresFirst: true })[0]).toBe('+ Test 01: 2');
  });

  test('of a job without names are its entries, grouped or not', () => {
    const plain = ['STARTED', 'TASK a COMPLETED', 'TASK b.c FAILED'];
    expect(shown(plain, { grouped: true })).toEqual(shown(plain, {}));
  });
});

test('the time of a task is the time since the message before it', () => {
  const { entries } = historyOf(['STARTED', 'TASK a COMPLETED', 'TASK b SKIPPED', 'TASK c FAILED', 'ENDED']);
  expect(entries.map(({ duration }) => duration)).toEqual([undefined, 1000, undefined, 1000, undefined]);
});

test('the time of a task is unknown if messages before it are missing', () => {
  const history = historyOf(['TASK a COMPLETED']);
  history.continue({ continues: 'e-1', epoch: 'f' });
  history.add({ id: 'f-2', time: new Date(5000).toISOString(), command: 'TASK', task_id: 'b' });
  expect(history.entries.map(({ duration }) => duration)).toEqual([undefined, undefined]);
});

test('the index reads each entry once, and starts over with another list', () => {
  const { entries } = historyOf(JOB.slice(0, 3));
  const index = new TimelineIndex();
  expect(index.read(entries).read(entries).counts).toEqual({ all: 3, failed: 1, skipped: 0 });
  entries.push(...historyOf(JOB).entries.slice(3));
  expect([index.size, index.unread(entries)]).toEqual([3, 3]);
  expect(index.read(entries).counts).toEqual({ all: 6, failed: 1, skipped: 1 });
  expect([index.size, index.unread(entries)]).toEqual([6, 0]);
  const others = historyOf(['STARTED']).entries;
  expect(index.unread(others)).toBe(0);
  expect(index.read(others).counts.all).toBe(1);
  expect(index.names.hasTests).toBe(false);
});
