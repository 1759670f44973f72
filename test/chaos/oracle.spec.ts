import { beforeEach, describe, expect, it } from 'vitest';
import { StreamCheck } from '../../src/cli/verify/stream-check.js';
import { VerifyJob } from '../../src/cli/verify/verify-job.js';
import type { WatchedItem } from '../../src/cli/verify/watched-item.js';
import { ChaosOracle, type ActionRecord } from './oracle.js';
import { SeededRandom } from './seeded-random.js';

const ID = 'verify-0-1';
const TASKS = 5;
const START = 100_000;
const END: WatchedItem = { end: 'finished' };

let actions: ActionRecord[];
let oracle: ChaosOracle;
let items: WatchedItem[];

beforeEach(() => {
  actions = [];
  oracle = new ChaosOracle(actions, false);
  const job = new VerifyJob(ID, TASKS);
  items = Array.from({ length: job.messages }, (_, index) => {
    const [, command, task_id, task_state] = job.nextFrames();
    const task = task_id === undefined ? {} : { task_id, task_state: task_state! };
    return { id: `e-${index + 1}`, command: command!, ...task };
  });
});

/** Judges a job with one watcher, or two. */
function judge(
  watched: readonly WatchedItem[],
  received: readonly number[] = [1, 2, 3, 4, 5],
  ...others: (readonly WatchedItem[])[]
): readonly string[] {
  const watchers = [watched, ...others].map((list) => {
    const check = new StreamCheck(ID, true, TASKS);
    for (const item of list) check.add(item);
    return { group: 'v1', check, activeAt: START };
  });
  const sentAt = Array.from({ length: TASKS }, (_, index) => START + index * 10);
  oracle.judge({
    id: ID,
    startedAt: START,
    watchers,
    sentAt,
    received: new Set(received),
  });
  return oracle.violations;
}

function restartAt(from: number, to: number): void {
  actions.push({ action: { name: 'restart', loss: 'graceful' }, from, to, sent: 0, lost: [] });
}

/** The positions of a log that began in the middle of the job. */
const renumbered = (rest: readonly WatchedItem[]): WatchedItem[] =>
  rest.map((item, index) => ({ ...item, id: `f-${index + 1}` }));

describe('a job without a restart', () => {
  it('is fine when each message came once, also over several connections', () => {
    expect(judge([...items.slice(0, 4), { lost: 'cut' }, ...items.slice(4), END])).toEqual([]);
  });

  it.each([
    ['a lost message', () => [...items.toSpliced(4, 1), END], '1 lost without a reset'],
    ['a repetition', () => [...items, items[3]!, END], '1 repeated'],
    ['a wrong order', () => [...items.toSpliced(3, 2, items[4]!, items[3]!), END], '1 late'],
    ['a reset', () => [...items.slice(0, 4), { reset: 'epoch' }, ...items, END], 'a reset without a restart'],
    ['a missing end', () => items, 'did not end'],
    ['a missing FINISHED', () => [...items.slice(0, -1), END], 'did not end'],
    ['text of a proxy', () => [{ malformed: '<' }, ...items, END], '1 malformed'],
  ])('has a violation: %s', (_name, watched, text) => {
    expect(judge(watched()).join()).toContain(text);
  });

  it('has a violation when a message reached nobody', () => {
    expect(judge([...items, END], [1, 2, 4, 5])).toEqual([expect.stringContaining('task 3 reached nobody')]);
  });
});

describe('a job with a restart', () => {
  it('may start over with a reset, and may miss what the monitor never got', () => {
    restartAt(START + 10, START + 500);
    const rest = renumbered(items.slice(5));
    expect(judge([...items.slice(0, 3), { reset: 'epoch' }, ...rest, END], [1, 4, 5])).toEqual([]);
    expect(actions[0]!.lost).toEqual([0, 10]);
  });

  it.each([
    ['a gap in the positions', () => [...items.toSpliced(4, 1), END], '1 lost without a reset'],
    [
      'a new log without a reset',
      () => [...items.slice(0, 3), ...renumbered(items.slice(3)), END],
      '1 unannounced',
    ],
    ['a repetition', () => [...items, items[3]!, END], '1 repeated'],
    ['a missing end', () => items, 'did not end'],
  ])('has a violation: %s', (_name, watched, text) => {
    restartAt(START + 10, START + 500);
    expect(judge(watched()).join()).toContain(text);
  });

  it('is undisturbed when the restart was over before it began', () => {
    restartAt(START - 5000, START - 3000);
    judge([...items, END]);
    expect(oracle.figures.undisturbed).toBe(1);
  });
});

describe('a job with a restart of a monitor that has a journal', () => {
  beforeEach(() => {
    oracle = new ChaosOracle(actions, true);
    restartAt(START + 10, START + 500);
  });

  it('may miss what the monitor never got', () => {
    const rest = items.slice(5).map((item, index) => ({ ...item, id: `e-${index + 4}` }));
    expect(judge([...items.slice(0, 3), { lost: 'cut' }, ...rest, END], [1, 4, 5])).toEqual([]);
  });

  it('may not start over', () => {
    const watched = [...items.slice(0, 4), { reset: 'epoch' }, ...items, END];
    expect(judge(watched).join()).toContain('a reset without a restart');
  });

  it('may not miss what another watcher got', () => {
    const legacy = items.map(({ id: _id, ...item }) => item);
    expect(judge([...legacy.toSpliced(4, 1), END], [1, 2, 3, 4, 5], [...legacy, END]).join()).toContain(
      '1 lost without a reset',
    );
  });

  it('may start over after a crash', () => {
    actions[0] = { ...actions[0]!, action: { name: 'kill -9', loss: 'crash' } };
    expect(judge([...items.slice(0, 4), { reset: 'epoch' }, ...items, END])).toEqual([]);
  });
});

describe('a job with a handover to another process', () => {
  beforeEach(() => {
    oracle = new ChaosOracle(actions, true);
    actions.push({
      action: { name: 'kill -9', loss: 'handover' },
      from: START + 10,
      to: START + 500,
      sent: 0,
      lost: [],
    });
  });

  it('may miss what nobody got', () => {
    const rest = items.slice(5).map((item, index) => ({ ...item, id: `e-${index + 4}` }));
    expect(judge([...items.slice(0, 3), ...rest, END], [1, 4, 5])).toEqual([]);
  });

  it('may not start over', () => {
    const watched = [...items.slice(0, 4), { reset: 'epoch' }, ...items, END];
    expect(judge(watched).join()).toContain('a reset without a restart');
  });
});

describe('a job of a monitor with small limits', () => {
  beforeEach(() => (oracle = new ChaosOracle(actions, true, true)));

  it('may be trimmed', () => {
    expect(judge([{ reset: 'trimmed' }, ...items.slice(4), END], [3, 4, 5])).toEqual([]);
  });

  it('may not have a silent gap', () => {
    expect(judge([...items.toSpliced(4, 1), END]).join()).toContain('1 lost without a reset');
  });
});

describe('losses', () => {
  it('are bounded on average, for actions in which the broker drops nothing', () => {
    for (const sent of [100, 1000])
      actions.push({
        action: { name: 'restart', loss: 'graceful' },
        from: 0,
        to: 1,
        sent,
        lost: Array<number>(204).fill(1),
      });
    oracle.judgeLosses();
    expect(oracle.violations).toEqual([
      '1 actions (graceful) lost 204 messages, expected at most 3 each and 200',
    ]);
  });
});

it('the same seed gives the same numbers, in any order of the users', () => {
  const numbers = (random: SeededRandom): number[] => Array.from({ length: 5 }, () => random.between(1, 100));
  expect(numbers(new SeededRandom(7))).toEqual(numbers(new SeededRandom(7)));
  expect(numbers(new SeededRandom(7))).not.toEqual(numbers(new SeededRandom(8)));
  expect(numbers(new SeededRandom(7).fork(2))).not.toEqual(numbers(new SeededRandom(7).fork(3)));
});
