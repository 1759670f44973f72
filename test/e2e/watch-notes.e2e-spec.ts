import { describe, expect, it, vi } from 'vitest';
import { useWatchRun } from '../fixtures/watch-run.js';

const run = useWatchRun();

describe('A note of watch', () => {
  it('reports after 5 s that the monitor has no messages, and continues', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = run.start();
    const connection = await run.monitor.connection();
    await run.terminal.shows('connected');
    await vi.advanceTimersByTimeAsync(4999);
    expect(run.terminal.text).not.toContain('has no messages');
    await vi.advanceTimersByTimeAsync(1);
    expect(run.terminal.lines().at(-1)).toContain('-- the monitor has no messages of this job');
    connection.send('e-1 FINISHED');
    await watching;
    expect(run.terminal.text).toContain('FINISHED');
  });

  it('reports the same after a reset without messages', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = run.start();
    const first = await run.monitor.connection();
    first.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    await vi.advanceTimersByTimeAsync(5000);
    expect(run.terminal.text).not.toContain('has no messages');
    first.close(1012);
    await run.terminal.shows('reconnecting');
    await vi.advanceTimersByTimeAsync(1);
    const second = await run.monitor.connection();
    second.sendText('{"reset":"epoch"}');
    await run.terminal.shows('a new log');
    await vi.advanceTimersByTimeAsync(5000);
    expect(run.terminal.lines().at(-1)).toContain('has no messages of this job');
    run.interrupt();
    expect(await watching).toBe(130);
  });

  it('reports the silence of a running job once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = run.start();
    const connection = await run.monitor.connection();
    connection.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    // The server's pings keep the connection.
    for (let second = 0; second < 100; second += 20) {
      connection.ping();
      await vi.advanceTimersByTimeAsync(20_000);
    }
    await run.terminal.shows('-- no message for 60 s');
    expect(run.terminal.text.match(/no message for/g)).toHaveLength(1);
    run.interrupt();
    await watching;
  });
});
