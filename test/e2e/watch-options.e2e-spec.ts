import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseRecordedLine } from '../../src/cli/verify/recorded-line.js';
import { useDaemons } from '../fixtures/daemon.js';
import { useWatchRun } from '../fixtures/watch-run.js';

const run = useWatchRun();
const daemons = useDaemons();

describe('watch --exit-status', () => {
  it.each([
    ['exits with 0 when all tasks completed', 'COMPLETED', 0],
    ['exits with 0 when tasks were only skipped', 'SKIPPED', 0],
    ['exits with 3 when a task failed', 'FAILED', 3],
  ])('%s', async (_title, state, code) => {
    const watching = run.start({ exitStatus: true });
    (await run.monitor.connection()).send('e-1 STARTED', `e-2 TASK a ${state}`, 'e-3 FINISHED');
    expect(await watching).toBe(code);
  });

  it('exits with 3 also when messages are missing, because the failed task is certain', async () => {
    const watching = run.start({ exitStatus: true, expected: 9 });
    (await run.monitor.connection()).send('e-5 TASK a FAILED', 'e-6 FINISHED');
    expect(await watching).toBe(3);
  });

  it('exits with 1 when the job failed', async () => {
    const watching = run.start({ exitStatus: true });
    (await run.monitor.connection()).send('e-1 STARTED', 'e-2 TASK a FAILED', 'e-3 FAILED', 'e-4 FINISHED');
    expect(await watching).toBe(1);
  });

  it('does not count the failed tasks of an attempt that was repeated', async () => {
    const watching = run.start({ exitStatus: true });
    (await run.monitor.connection()).send(
      'e-1 STARTED',
      'e-2 TASK a FAILED',
      'e-3 ABORTED',
      'e-4 STARTED',
      'e-5 TASK a COMPLETED',
      'e-6 FINISHED',
    );
    expect(await watching).toBe(0);
  });
});

describe('watch --timeout', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('ends the command with 124, and says so', async () => {
    const watching = run.start({ timeout: 900 });
    const connection = await run.monitor.connection();
    connection.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    await vi.advanceTimersByTimeAsync(899_999);
    expect(run.terminal.text).not.toContain('timed out');
    await vi.advanceTimersByTimeAsync(1);
    expect(await watching).toBe(124);
    expect(run.terminal.lines().at(-1)).toBe(
      'timed out after 15:00 while running after 0:00: 0 completed, 0 failed, 0 skipped',
    );
  });

  it('does not change the result of a job that ends before', async () => {
    const watching = run.start({ timeout: 900 });
    (await run.monitor.connection()).send('e-1 STARTED', 'e-2 FINISHED');
    expect(await watching).toBe(0);
    await vi.advanceTimersByTimeAsync(900_000);
    expect(run.terminal.text).not.toContain('timed out');
  });
});

describe('watch --json', () => {
  it('prints what happens as one object per line', async () => {
    const watching = run.start({ json: true });
    const first = await run.monitor.connection();
    first.send('e-1 STARTED', 'e-2 TASK a FAILED');
    await run.terminal.shows('FAILED');
    first.close(1012, 'restart');
    const second = await run.monitor.connection();
    second.sendText('{"continues":"e-2","epoch":"f"}');
    second.send('f-3 ENDED', 'f-4 FINISHED');
    expect(await watching).toBe(2);
    const lines = run.terminal.lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { channel: 'job', connected: true },
      { channel: 'job', id: 'e-1', command: 'STARTED', time: '2026-11-23T19:00:01.000Z' },
      { id: 'e-2', command: 'TASK', task_id: 'a', task_state: 'FAILED' },
      { lost: 'restart', retry_at: expect.stringMatching(/^\d{4}-.*Z$/) as string },
      { connected: true },
      { continues: 'e-2', epoch: 'f' },
      { note: 'the monitor missed a part of this job: the counts are incomplete' },
      { id: 'f-3', command: 'ENDED' },
      { id: 'f-4', command: 'FINISHED' },
      { channel: 'job', end: 'unknown', exit_code: 2, summary: { state: 'finished', partial: true } },
    ]);
    for (const line of run.terminal.lines()) expect(parseRecordedLine(line)?.channel).toBe('job');
  });

  it('escapes what a terminal would obey', async () => {
    const watching = run.start({ json: true });
    const connection = await run.monitor.connection();
    connection.sendMessage({ id: 'e-1', time: 'T', command: 'STARTED', task_id: '\u001b[2J\u009b\n' });
    connection.send('e-2 FINISHED');
    expect(await watching).toBe(0);
    expect(run.terminal.text).not.toContain('\u001b');
  });

  it('ends with an object and 130 after SIGINT', async () => {
    const watching = daemons.start(['watch', 'job', '--json', '--url', run.monitor.url]);
    (await run.monitor.connection()).send('e-1 STARTED');
    await watching.printed(/STARTED/);
    watching.child.kill('SIGINT');
    expect(await watching.exit).toBe(130);
    expect(watching.err).toBe('');
    expect(JSON.parse(watching.out.trimEnd().split('\n').at(-1)!)).toMatchObject({
      end: 'interrupted',
      exit_code: 130,
    });
  });

  it('ends without a message when its reader has closed the pipe', async () => {
    const watching = daemons.start(['watch', 'job', '--json', '--url', run.monitor.url]);
    const connection = await run.monitor.connection();
    connection.send('e-1 STARTED');
    await watching.printed(/STARTED/);
    watching.child.stdout!.destroy();
    await once(watching.child.stdout!, 'close');
    connection.send('e-2 TASK a COMPLETED');
    expect(await watching.exit).toBe(141);
    expect(watching.err).toBe('');
  });
});

describe("watch with the URL of a job's page", () => {
  it('connects below the path prefix, after the position, with the token of the fragment', async () => {
    const page = `${run.monitor.url.replace('ws', 'http')}/m/channels/a%2Fb?after=e-1&expected=9#token=e30.e30.x`;
    const watching = daemons.start(['watch', page]);
    const connection = await run.monitor.connection();
    expect(connection).toMatchObject({ path: '/m/channels/a%2Fb?after=e-1' });
    expect(connection.offered).toContain('token.e30.e30.x');
    connection.send('e-2 TASK a COMPLETED', 'e-3 FINISHED');
    expect(await watching.exit).toBe(2);
    expect(watching.out).toContain('messages up to e-1 are not counted; 9 tasks were expected');
    expect(watching.out).not.toContain('e30');
  });

  it('is refused together with --url, with 64', async () => {
    const watching = daemons.start(['watch', `${run.monitor.url}/channels/x`, '--url', run.monitor.url]);
    expect(await watching.exit).toBe(64);
    expect(watching.err).toBe("error: expected a job id with --url, got the URL of a job's page\n");
  });

  it('is refused without a job, with 64, and the token is not printed', async () => {
    const watching = daemons.start(['watch', `${run.monitor.url}/#token=secret`]);
    expect(await watching.exit).toBe(64);
    expect(watching.err).toContain("expected the URL of a job's page");
    expect(watching.err).not.toContain('secret');
  });
});
