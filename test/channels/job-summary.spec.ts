import { describe, expect, it } from 'vitest';
import { JobSummary } from '../../src/channels/job-summary.js';

describe('JobSummary', () => {
  it('is waiting until the first message', () => {
    expect(after()).toMatchObject({
      state: 'waiting',
      attempt: 1,
      messages: 0,
      startedAt: null,
      finishedAt: null,
    });
  });

  it.each(['DOWNLOADED', 'STARTED', 'TASK x COMPLETED', 'ENDED', 'UPLOADED', 'UNHEARD_OF'])(
    'is running after %s',
    (message) => {
      expect(after(message)).toMatchObject({ state: 'running', messages: 1, startedAt: 1, updatedAt: 1 });
    },
  );

  it('counts tasks by their outcome', () => {
    const counts = after(
      'STARTED',
      'TASK a COMPLETED',
      'TASK b COMPLETED',
      'TASK c FAILED',
      'TASK d SKIPPED',
      'TASK e ODD',
    );
    expect(counts).toMatchObject({ completed: 2, failed: 1, skipped: 1, messages: 6 });
  });

  it('is finished after FINISHED', () => {
    expect(after('STARTED', 'FINISHED')).toMatchObject({
      state: 'finished',
      startedAt: 1,
      updatedAt: 2,
      finishedAt: 2,
    });
  });

  it('stays failed after the FINISHED that follows FAILED', () => {
    expect(after('DOWNLOADED', 'FAILED', 'FINISHED')).toMatchObject({ state: 'failed', finishedAt: 3 });
  });

  it('keeps the counts of an aborted attempt until the next one begins', () => {
    expect(after('DOWNLOADED', 'STARTED', 'TASK a COMPLETED', 'ABORTED')).toMatchObject({
      state: 'aborted',
      attempt: 1,
      completed: 1,
    });
  });

  it.each(['DOWNLOADED', 'STARTED'])('starts its counts over at the %s after ABORTED', (command) => {
    expect(
      after('STARTED', 'TASK a COMPLETED', 'ABORTED', command, 'STARTED', 'TASK a FAILED'),
    ).toMatchObject({
      state: 'running',
      attempt: 2,
      completed: 0,
      failed: 1,
    });
  });

  it('stays failed when FAILED overtook the ABORTED before it', () => {
    expect(after('STARTED', 'FAILED', 'ABORTED')).toMatchObject({ state: 'failed', attempt: 1 });
  });
});

function after(...messages: string[]): JobSummary {
  const summary = new JobSummary();
  let time = 0;
  for (const message of messages) {
    const [command, taskId, taskState] = message.split(' ');
    summary.apply({ command: command!, ...(taskId && { taskId, taskState: taskState! }) }, ++time);
  }
  return summary;
}
