import { describe, expect, it } from 'vitest';
import { StreamCheck } from '../../../src/cli/verify/stream-check.js';
import { VerifyJob } from '../../../src/cli/verify/verify-job.js';
import type { WatchedItem } from '../../../src/cli/verify/watched-item.js';

const CHANNEL = 'verify-0-1';
const TASKS = 10;
const MESSAGES = TASKS + 5;

/** All messages of a job. @param epoch the epoch of their positions; without one they are legacy messages */
function messagesOf(channel: string, epoch?: string): WatchedItem[] {
  const job = new VerifyJob(channel, TASKS);
  return Array.from({ length: MESSAGES }, (_, index) => {
    const [, command, task_id, task_state] = job.nextFrames();
    return {
      ...(epoch !== undefined && { id: `${epoch}-${index + 1}` }),
      command: command!,
      ...(task_id !== undefined && { task_id, task_state: task_state! }),
    };
  });
}

function check(...items: WatchedItem[]): StreamCheck {
  const stream = new StreamCheck(CHANNEL, true, TASKS);
  for (const item of items) stream.add(item, Date.now() + 1000);
  return stream;
}

const FINE = { lost: 0, lostUpstream: 0, repeated: 0, late: 0, foreign: 0, altered: 0, malformed: 0 };

describe.each([
  ['a stream with positions', 'e1'],
  ['a legacy stream', undefined],
])('%s', (_name, epoch) => {
  const all = messagesOf(CHANNEL, epoch);

  it('is complete with all messages', () => {
    expect(check(...all)).toMatchObject({ ...FINE, isComplete: true, messages: MESSAGES });
    expect(check(...all).latencies.count).toBe(TASKS);
  });

  it.each(all.map(({ command }, index) => [index, command]))('loses message %i, %s', (index) => {
    const stream = check(...all.toSpliced(index, 1));
    expect(stream).toMatchObject({ ...FINE, lost: 1, isComplete: index !== MESSAGES - 1 });
  });

  it('loses the messages after the last one', () => {
    expect(check(...all.slice(0, 4))).toMatchObject({ lost: MESSAGES - 4, isComplete: false });
    expect(check()).toMatchObject({ lost: MESSAGES, isComplete: false });
  });

  it('counts repetitions, late, foreign and malformed messages', () => {
    expect(check(...all, all[4]!)).toMatchObject({ ...FINE, repeated: 1 });
    expect(check(...all.toSpliced(4, 2, all[5]!, all[4]!))).toMatchObject({ ...FINE, late: 1 });
    const foreign = messagesOf('verify-0-2')[5]!;
    expect(check(...all, foreign)).toMatchObject({ ...FINE, foreign: 1 });
    expect(check({ malformed: '<html>' }, ...all)).toMatchObject({ ...FINE, malformed: 1 });
  });

  it.each([
    ['state', { task_state: 'CANCELLED' }],
    ['task id', { task_id: 'compile' }],
    ['command', { command: 'UNKNOWN' }],
  ])('detects another %s', (_field, change) => {
    const altered = all.map((item, index) => (index === 6 ? { ...item, ...change } : item));
    expect(check(...altered).altered).toBe(1);
  });

  it('detects a message of another run with the same channel and number', () => {
    const other = messagesOf(CHANNEL, epoch)[6]!;
    const sentEarlier = { ...other, task_id: other.task_id!.replace(/\/\d+\/(\w+)$/, '/1/$1') };
    expect(check(...all.toSpliced(6, 1, sentEarlier)).altered).toBe(1);
  });
});

describe('a stream with positions', () => {
  const all = messagesOf(CHANNEL, 'e1');

  it('tells apart what the monitor did not get', () => {
    const numbered = all.toSpliced(5, 3).map((item, index) => ({ ...item, id: `e1-${index + 1}` }));
    expect(check(...numbered)).toMatchObject({ ...FINE, lost: 3, lostUpstream: 3 });
    expect(check(...all.toSpliced(5, 3))).toMatchObject({ ...FINE, lost: 3, lostUpstream: 0 });
  });

  it('resumes after a loss without a fault', () => {
    const stream = check(...all.slice(0, 7), { lost: 'restart' }, ...all.slice(7));
    expect(stream).toMatchObject({ ...FINE, cuts: { count: 1, texts: ['restart'] } });
  });

  it('starts over after a reset, anywhere in the job', () => {
    const rest = all.slice(9).map((item, index) => ({ ...item, id: `e2-${index + 1}` }));
    const stream = check(...all.slice(0, 7), { reset: 'epoch' }, ...rest);
    expect(stream).toMatchObject({ ...FINE, resets: { count: 1, texts: ['epoch'] }, isComplete: true });
    expect(stream.positions.unannounced).toBe(0);
  });

  it('starts anywhere in the log after a trim', () => {
    expect(check({ reset: 'trimmed' }, ...all.slice(4))).toMatchObject(FINE);
  });

  it('detects a new epoch without a reset', () => {
    const stream = check(
      ...all.slice(0, 7),
      ...all.slice(7).map((item) => ({ ...item, id: `e2-${item.id!.slice(3)}` })),
    );
    expect(stream.positions.unannounced).toBe(1);
  });

  it('follows a log that continues under another epoch', () => {
    const rest = all.slice(7).map((item) => ({ ...item, id: `e2-${item.id!.slice(3)}` }));
    const stream = check(...all.slice(0, 7), { lost: '' }, { continues: 'e1-7', epoch: 'e2' }, ...rest);
    expect(stream).toMatchObject(FINE);
    expect(stream.positions).toMatchObject({ unannounced: 0, lost: 0 });
  });

  it.each([
    ['is told the same continuation twice', 'e1-7', 'e2', 0],
    ['resumes in the epoch of its last message after two crashes', 'e1-7', 'e3', 0],
    ['resumes in the epoch that it was told last', 'e2-7', 'e3', 0],
    ['is told a continuation of another log', 'f1-7', 'e3', 1],
  ])('a stream that %s', (_, continues, epoch, unannounced) => {
    const rest = all.slice(7).map((item) => ({ ...item, id: `${epoch}-${item.id!.slice(3)}` }));
    const first = { continues: 'e1-7', epoch: 'e2' };
    const stream = check(
      ...all.slice(0, 7),
      { lost: '' },
      first,
      { lost: '' },
      { continues, epoch },
      ...rest,
    );
    expect(stream.positions).toMatchObject({ unannounced, lost: 0 });
  });
});

it('a legacy stream starts over after a loss', () => {
  const all = messagesOf(CHANNEL);
  expect(check(...all.slice(0, 7), { lost: 'cut' }, ...all)).toMatchObject({
    ...FINE,
    cuts: { count: 1, texts: ['cut'] },
  });
  expect(check(...all.slice(0, 7), { lost: 'cut' }, ...all.slice(3))).toMatchObject({ lost: 3 });
});

it('a stream of a real job is checked by its positions', () => {
  const stream = new StreamCheck('job', false);
  for (const seq of [5, 6, 6, 9, 8]) stream.add({ id: `e-${seq}`, command: 'TASK', task_id: 'compile' });
  expect(stream).toMatchObject({ lost: 1, repeated: 1, late: 1, altered: 0, foreign: 0, isComplete: true });
});
