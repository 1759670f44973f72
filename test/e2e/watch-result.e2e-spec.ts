import { describe, expect, it, vi, beforeEach } from 'vitest';
import { useWatchRun } from '../fixtures/watch-run.js';

const run = useWatchRun();

describe('The exit code and the last line of watch', () => {
  it('prints a line for each message and exits with 0 after FINISHED', async () => {
    const watching = run.start();
    const connection = await run.monitor.connection();
    connection.send('e-1 DOWNLOADED', 'e-2 TASK compile COMPLETED', 'e-3 TASK run FAILED', 'e-4 FINISHED');
    expect(await watching).toBe(0);
    expect(run.terminal.lines()).toEqual([
      '-- connected',
      '2026-11-23T19:00:01.000Z DOWNLOADED',
      '2026-11-23T19:00:02.000Z TASK compile COMPLETED',
      '2026-11-23T19:00:03.000Z TASK run FAILED',
      '2026-11-23T19:00:04.000Z FINISHED',
      'finished after 0:03: 1 completed, 1 failed, 0 skipped',
    ]);
  });

  it('exits with 2 and prints "at least" when the beginning of the job is missing', async () => {
    const watching = run.start();
    (await run.monitor.connection()).send('e-1 TASK b COMPLETED', 'e-2 FINISHED');
    expect(await watching).toBe(2);
    expect(run.terminal.text).toContain('-- the monitor missed a part of this job');
    expect(run.terminal.lines().at(-1)).toBe(
      'finished after 0:01: at least 1 completed, 0 failed, 0 skipped; the monitor missed a part of this job',
    );
  });

  it('exits with 2 when the first messages were trimmed, and with 1 when such a job failed', async () => {
    const watching = run.start();
    const connection = await run.monitor.connection();
    connection.sendText('{"reset":"trimmed"}');
    connection.send('e-7 STARTED', 'e-8 FINISHED');
    expect(await watching).toBe(2);

    const again = run.start();
    (await run.monitor.connection()).send('e-7 TASK a COMPLETED', 'e-8 FAILED', 'e-9 FINISHED');
    expect(await again).toBe(1);
  });

  it.each([1, 3])('exits with 2 when two tasks were reported and %i expected', async (expected) => {
    const watching = run.start({ expected });
    (await run.monitor.connection()).send(
      'e-1 STARTED',
      'e-2 TASK a COMPLETED',
      'e-3 TASK b COMPLETED',
      'e-4 FINISHED',
    );
    expect(await watching).toBe(2);
    expect(run.terminal.lines().at(-1)).toContain(`; ${expected} tasks were expected, 2 were reported`);
  });

  it('exits with 1 when the build failed', async () => {
    const watching = run.start();
    (await run.monitor.connection()).send('e-1 DOWNLOADED', 'e-2 FAILED', 'e-3 FINISHED');
    expect(await watching).toBe(1);
    expect(run.terminal.lines().at(-1)).toMatch(/^failed after/);
  });

  describe('after a FAILED without FINISHED', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    });

    it('exits with 1 when no message follows for 3 s', async () => {
      const watching = run.start();
      (await run.monitor.connection()).send('e-1 FAILED');
      await run.terminal.shows('FAILED');
      await vi.advanceTimersByTimeAsync(2999);
      expect(run.terminal.text).not.toContain('failed after');
      await vi.advanceTimersByTimeAsync(1);
      expect(await watching).toBe(1);
    });

    it('continues when the next attempt follows', async () => {
      const watching = run.start();
      const connection = await run.monitor.connection();
      connection.send('e-1 STARTED', 'e-2 FAILED');
      await run.terminal.shows('FAILED');
      await vi.advanceTimersByTimeAsync(2999);
      connection.send('e-3 ABORTED');
      await run.terminal.shows('ABORTED');
      await vi.advanceTimersByTimeAsync(2999);
      connection.send('e-4 STARTED');
      await run.terminal.shows('STARTED', 2);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(run.terminal.text).not.toContain('failed after');
      connection.send('e-5 FINISHED');
      expect(await watching).toBe(0);
    });
  });

  it('exits with 2 when the stream ends before the job, and with 1 when the job had failed', async () => {
    const watching = run.start();
    const connection = await run.monitor.connection();
    connection.send('e-1 STARTED', 'e-2 ABORTED');
    connection.close(1000, 'idle');
    expect(await watching).toBe(2);
    expect(run.terminal.lines().at(-1)).toContain('(idle) before the job ended; aborted');

    const again = run.start();
    const failed = await run.monitor.connection();
    failed.send('e-1 FAILED');
    failed.close(1000, 'idle');
    expect(await again).toBe(1);
  });

  it.each([
    [1003, 'text only'],
    [1008, 'channel id'],
    [1009, ''],
  ])('exits with 2 after the close code %i', async (code, reason) => {
    const watching = run.start();
    (await run.monitor.connection()).close(code, reason);
    expect(await watching).toBe(2);
    expect(run.terminal.lines().at(-1)).toBe(
      `the monitor refuses to show this job: ${reason || `code ${code}`}`,
    );
  });

  it('exits with 2 when the request is refused, but retries while the monitor is busy', async () => {
    run.monitor.refuse(503);
    const watching = run.start();
    await run.terminal.shows('-- HTTP 503: reconnecting in 0.0 s', 2);
    run.monitor.refuse(401);
    expect(await watching).toBe(2);
    expect(run.terminal.lines().at(-1)).toBe(
      'the monitor refuses to show this job: it wants a token, see --token-file',
    );
  });

  it.each([
    [200, 'no monitor streams this job at this address (HTTP 200): check the host'],
    [404, 'no monitor streams this job at this address (HTTP 404): check the host'],
    [301, 'the address leads to another one (HTTP 301)'],
    [403, 'the monitor refuses to show this job: HTTP 403'],
  ])('says why there is no stream when the server answers %i', async (status, text) => {
    run.monitor.refuse(status);
    expect(await run.start()).toBe(2);
    expect(run.terminal.lines().at(-1)).toContain(text);
  });

  it('exits with 130 when interrupted, with and without a connection', async () => {
    const watching = run.start({ random: () => 0.1 });
    const connection = await run.monitor.connection();
    connection.close(1012);
    await run.terminal.shows('reconnecting in 0.1 s');
    run.interrupt();
    expect(await watching).toBe(130);

    const again = run.start();
    const second = await run.monitor.connection();
    await run.terminal.shows('connected', 2);
    run.interrupt();
    expect(await again).toBe(130);
    expect(await second.closed).toBe(1000);
  });
});
