import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/cli/columns.js';
import { RecordingTerminal } from '../fixtures/recording-terminal.js';
import { useWatchRun } from '../fixtures/watch-run.js';

const ESCAPES = new RegExp(String.raw`\u001b\[\??\d*[A-Za-z]`, 'g');

const run = useWatchRun();

describe('watch on a terminal', () => {
  it('prints no control characters of a task id', async () => {
    for (const isTTY of [true, false]) {
      run.terminal = new RecordingTerminal(isTTY);
      const watching = run.start();
      const connection = await run.monitor.connection();
      connection.send('e-1 STARTED');
      connection.sendMessage({
        id: 'e-2',
        time: 'T\u001b]0;x\u0007',
        command: 'TASK',
        task_id: '\u001b[2J\n\u009b0m',
      });
      connection.send('e-3 FINISHED');
      expect(await watching).toBe(0);
      for (const bad of ['\u001b[2J', '\u001b]', '\u009b', '\u0007'])
        expect(run.terminal.text).not.toContain(bad);
    }
    expect(run.terminal.text).toContain(String.raw`TASK \u001b[2J\n\u009b0m`);
  });

  it.each([40, 80])(
    'prints failed tasks and lost connections on separate lines of less than %i columns',
    async (columns) => {
      run.terminal = new RecordingTerminal(true, columns);
      const watching = run.start({ expected: 4, random: () => 0.1 });
      const first = await run.monitor.connection();
      first.send('e-1 STARTED');
      const task_id = `t01.${'漢😀e\u0301'.repeat(50)}\u001b[2J.run.1`;
      first.sendMessage({ id: 'e-2', time: 'T', command: 'TASK', task_id, task_state: 'FAILED' });
      await run.terminal.shows('failed: t01.');
      first.close(1012, 'restart '.repeat(12).trim());
      await run.terminal.shows('reconnecting in 1 s');
      const second = await run.monitor.connection();
      second.close(1008, 'channel id '.repeat(10).trim());
      expect(await watching).toBe(2);
      expect(run.terminal.text).toMatch(/\n?failed: t01\.[^\n]*…[^\n]*run\.1\n/);
      const lines = run.terminal.text.replaceAll(ESCAPES, '').split(/[\r\n]/);
      for (const line of lines) expect(textWidth(line)).toBeLessThan(columns);
    },
  );

  it('redraws one line with the state of the connection, narrower than the terminal', async () => {
    run.terminal = new RecordingTerminal(true);
    const watching = run.start({ expected: 2, random: () => 0.1 });
    const first = await run.monitor.connection();
    await run.terminal.shows('live');
    first.send('e-1 STARTED', 'e-2 TASK a COMPLETED', 'e-3 TASK b FAILED');
    await run.terminal.shows('2/2  running  1 ok, 1 failed, 0 skipped');
    first.close(1012, 'restart');
    await run.terminal.shows('reconnecting in 1 s (restart)');
    (await run.monitor.connection()).send('e-4 FINISHED');
    expect(await watching).toBe(0);
    expect(run.terminal.lines().at(-1)).toBe('\u001b[?25h');
    expect(run.terminal.lines().at(-2)).toBe('finished after 0:03: 1 completed, 1 failed, 0 skipped');
    for (const line of run.terminal.text.split(/[\r\n]/)) {
      expect(line.replaceAll(ESCAPES, '').length).toBeLessThan(run.terminal.columns);
    }
  });
});
