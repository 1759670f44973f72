import { describe, expect, it, vi } from 'vitest';
import { FakeMonitor } from '../fixtures/fake-monitor.js';
import { useWatchRun } from '../fixtures/watch-run.js';

const run = useWatchRun();

describe('The connection of watch', () => {
  it('requests the channel with the percent-encoded id, below the path prefix of a proxy', async () => {
    const watching = run.start({
      id: 'a/b ?ř',
      url: `${run.monitor.url.replace('ws:', 'http:')}/monitor/`,
    });
    const connection = await run.monitor.connection();
    expect(connection.path).toBe('/monitor/channels/a%2Fb%20%3F%C5%99');
    connection.send('e-1 STARTED', 'e-2 FINISHED');
    expect(await watching).toBe(0);
  });

  it.each([1006, 1012, 1013])(
    'reconnects with its position after %i, and prints no message twice',
    async (code) => {
      const watching = run.start();
      const first = await run.monitor.connection();
      first.send('e-1 STARTED', 'e-2 TASK a COMPLETED');
      await run.terminal.shows('TASK a');
      first.close(code);
      const second = await run.monitor.connection();
      expect(second.path).toBe('/channels/job?after=e-2');
      second.send('e-2 TASK a COMPLETED', 'e-3 TASK b COMPLETED', 'e-4 FINISHED');
      expect(await watching).toBe(0);
      expect(run.terminal.text.match(/TASK a/g)).toHaveLength(1);
      expect(run.terminal.lines().at(-1)).toContain('2 completed');
    },
  );

  it('reconnects to a monitor that was stopped and started again', async () => {
    const watching = run.start({ random: () => 0.001 });
    const first = await run.monitor.connection();
    first.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    const port = run.monitor.port;
    run.monitor.close();
    await run.terminal.shows('connection refused', 4);
    run.monitor = await FakeMonitor.listen(port);
    const second = await run.monitor.connection();
    second.send('e-2 FINISHED');
    expect(await watching).toBe(0);
    expect(second.path).toBe('/channels/job?after=e-1');
  });

  it('starts counting again after a reset', async () => {
    const watching = run.start();
    const first = await run.monitor.connection();
    first.send('e-1 STARTED', 'e-2 TASK a COMPLETED');
    await run.terminal.shows('TASK a');
    first.close(1012);
    const second = await run.monitor.connection();
    second.sendText('{"reset":"epoch"}');
    second.send('f-1 STARTED', 'f-2 TASK a FAILED', 'f-3 FINISHED');
    expect(await watching).toBe(0);
    expect(run.terminal.text).toContain('a new log');
    expect(run.terminal.lines().at(-1)).toContain('0 completed, 1 failed');
  });

  it('reconnects when the monitor sends nothing for 60 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = run.start();
    const first = await run.monitor.connection();
    first.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    await vi.advanceTimersByTimeAsync(60_000);
    await run.terminal.shows('connection lost: reconnecting');
    await vi.advanceTimersByTimeAsync(1);
    const second = await run.monitor.connection();
    second.send('e-2 FINISHED');
    expect(await watching).toBe(0);
  });
});
