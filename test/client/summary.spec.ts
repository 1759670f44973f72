import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY, reduce, type ProgressMessage, type Summary } from '../../client/client.js';
import { JobSummary } from '../../src/channels/job-summary.js';

const COMMANDS = ['DOWNLOADED', 'STARTED', 'TASK', 'ENDED', 'UPLOADED', 'ABORTED', 'FAILED', 'NEWS'];

function messages(...commands: string[]): ProgressMessage[] {
  return commands.map((text, at) => {
    const [command = '', task_state] = text.split(' ');
    const time = new Date(at * 1000).toISOString();
    return { id: `a-${at + 1}`, time, command, ...(task_state && { task_id: `t${at}`, task_state }) };
  });
}

function summarise(...commands: string[]): Summary {
  return messages(...commands).reduce(reduce, EMPTY);
}

describe('the summary', () => {
  it('is partial after a continuation, and keeps its counts', () => {
    const before = summarise('STARTED', 'TASK COMPLETED');
    const after = reduce(before, { continues: 'a-2', epoch: 'b' });
    expect(after).toEqual({ ...before, partial: true });
  });

  it('counts tasks by outcome', () => {
    const summary = summarise(
      'STARTED',
      'TASK COMPLETED',
      'TASK COMPLETED',
      'TASK FAILED',
      'TASK SKIPPED',
      'FINISHED',
    );
    expect(summary).toEqual({
      state: 'finished',
      attempt: 1,
      tasks: { completed: 2, failed: 1, skipped: 1 },
      messages: 6,
      partial: false,
      started_at: '1970-01-01T00:00:00.000Z',
      updated_at: '1970-01-01T00:00:05.000Z',
      finished_at: '1970-01-01T00:00:05.000Z',
    });
  });

  it('keeps the counts of an aborted attempt until the next attempt starts', () => {
    expect(summarise('STARTED', 'TASK COMPLETED', 'ABORTED')).toMatchObject({
      state: 'aborted',
      tasks: { completed: 1 },
    });
    const next = summarise('STARTED', 'TASK COMPLETED', 'ABORTED', 'DOWNLOADED');
    expect(next).toMatchObject({ state: 'running', attempt: 2, tasks: { completed: 0 } });
  });

  it('starts over after a reset', () => {
    expect(reduce(summarise('STARTED', 'TASK COMPLETED'), { reset: 'epoch' })).toEqual(EMPTY);
  });

  it.each(['DOWNLOADED', 'STARTED', 'ABORTED', 'FAILED'])('is complete if %s comes first', (first) => {
    expect(summarise(first, 'TASK COMPLETED', 'FINISHED').partial).toBe(false);
  });

  it.each(['TASK COMPLETED', 'ENDED', 'UPLOADED', 'FINISHED', 'NEWS', 'constructor', '__proto__'])(
    'is partial if %s comes first, and stays partial in later attempts',
    (first) => {
      expect(summarise(first).partial).toBe(true);
      expect(summarise(first, 'ABORTED', 'DOWNLOADED', 'TASK COMPLETED', 'FINISHED')).toMatchObject({
        partial: true,
        tasks: { completed: 1 },
      });
    },
  );

  it('is partial after a reset by trimming, until the channel has a new log', () => {
    const trimmed = reduce(summarise('STARTED'), { reset: 'trimmed' });
    expect(trimmed).toEqual({ ...EMPTY, partial: true });
    const [first, second] = messages('STARTED', 'STARTED');
    expect(reduce(trimmed, second!).partial).toBe(true);
    expect(reduce(reduce(trimmed, { reset: 'epoch' }), first!).partial).toBe(false);
  });

  it('is partial after a resume, unless it continues an earlier summary', () => {
    const [first, ...others] = messages('STARTED', 'DOWNLOADED', 'STARTED');
    expect(others.reduce(reduce, EMPTY).partial).toBe(true);
    expect(others.reduce(reduce, reduce(EMPTY, first!)).partial).toBe(false);
    expect(reduce(EMPTY, { ...first!, id: 'a-11' }).partial).toBe(true);
  });

  it('does not change its arguments', () => {
    const before = summarise('STARTED');
    const copy = structuredClone(before);
    reduce(before, messages('TASK COMPLETED')[0]!);
    expect([before, EMPTY.messages]).toEqual([copy, 0]);
  });

  it('agrees with the server for any messages', () => {
    const command = fc.constantFrom(...COMMANDS);
    const outcome = fc.constantFrom('COMPLETED', 'FAILED', 'SKIPPED', 'ODD');
    const text = fc
      .tuple(command, outcome)
      .map(([name, state]) => (name === 'TASK' ? `TASK ${state}` : name));
    fc.assert(
      fc.property(fc.array(text), fc.boolean(), (texts, finishes) => {
        const all = messages(...texts, ...(finishes ? ['FINISHED'] : []));
        const server = new JobSummary();
        for (const { command: name, task_id: taskId, task_state: taskState, time } of all) {
          server.apply(
            { command: name, ...(taskId && taskState && { taskId, taskState }) },
            Date.parse(time),
          );
        }
        const client = all.reduce(reduce, EMPTY);
        const { state, attempt, completed, failed, skipped, messages: count, partial } = server;
        expect(client).toMatchObject({
          state,
          attempt,
          tasks: { completed, failed, skipped },
          messages: count,
          partial,
        });
        expect(client.finished_at === null).toBe(server.finishedAt === null);
      }),
    );
  });
});
