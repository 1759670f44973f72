import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasTmux, useTmux, type TmuxTerminal } from '../fixtures/cli/tmux-terminal.js';
import { FakeMonitor, type FakeMonitorConnection } from '../fixtures/fake-monitor.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const UTF8 = { LC_ALL: 'C.UTF-8' };
const TASK = 't01.4752367c-6b8e-4a0f-9d6e-ž漢😀-9f1a2b3c4d5e-4752367c-6b8e-4a0f-9d6e-0123456789ab.run.1';
const SIZES = [
  [80, 24],
  [40, 10],
] as const;

const openTerminal = useTmux();

describe.runIf(hasTmux)('watch in a terminal', () => {
  let monitor: FakeMonitor;

  beforeEach(async () => void (monitor = await FakeMonitor.listen()));
  afterEach(() => monitor.close());

  it.each(SIZES)(
    'of %i x %i shows failed tasks, one line about the job, and the result',
    async (columns, rows) => {
      const { screen, connection } = await watch(columns, rows, UTF8);
      playTasks(connection);
      const live = await screen.shows(/2\/4/);
      expect(live.filter((line) => line.startsWith('['))).toHaveLength(1);
      expect(live[0]).toMatch(/^failed: t01\..*….*\.run\.1$/);
      connection.send('e-5 FINISHED');
      const lines = await screen.shows(/^exit 2$/);
      expect(lines.join(' ')).toContain('finished after 0:04: 1 completed, 1 failed, 0 skipped');
      for (const line of lines) expect(line.length).toBeLessThan(columns);
    },
  );

  it('in the C locale shows only ASCII', async () => {
    const { screen, connection } = await watch(40, 10, { LC_ALL: 'C' });
    playTasks(connection);
    const lines = await screen.shows(/2\/4/);
    expect(lines[0]).toMatch(/^failed: t01\..*~.*\.run\.1$/);
    expect(lines.join('')).not.toMatch(/\P{ASCII}/u);
  });

  it.each([
    // Empty means not set. CI sets it for itself.
    ['has colors', { NO_COLOR: '' }, true],
    ['has no colors with NO_COLOR', { NO_COLOR: '1' }, false],
  ])('%s', async (_title, env, colored) => {
    const { screen, connection } = await watch(80, 24, { ...UTF8, ...env });
    playTasks(connection);
    await screen.shows(/2\/4/);
    expect((await screen.coloredScreen()).includes('\u001b[3')).toBe(colored);
  });

  it('leaves no part of the old line when the terminal is resized', async () => {
    const { screen, connection } = await watch(80, 24, UTF8);
    playTasks(connection);
    await screen.shows(/2\/4 {2}running {2}1 ok, 1 failed, 0 skipped/);
    await screen.resize(40, 10);
    connection.send('e-5 TASK c COMPLETED');
    const narrow = await screen.shows(/3\/4/);
    expect(narrow.filter((line) => /\d\/4/.test(line))).toHaveLength(1);
    await screen.resize(80, 24);
    connection.send('e-6 TASK d COMPLETED');
    const wide = await screen.shows(/4\/4 {2}running {2}3 ok/);
    expect(wide.filter((line) => /\d\/4/.test(line))).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')(
    'leaves no part of the old line when it was resized while the command was stopped',
    async () => {
      const { screen, connection } = await watch(80, 24, UTF8);
      playTasks(connection);
      await screen.shows(/2\/4 {2}running {2}1 ok, 1 failed, 0 skipped/);
      const pid = await screen.processId();
      process.kill(pid, 'SIGSTOP');
      await screen.resize(40, 10);
      connection.send('e-5 TASK c COMPLETED');
      // Longer than the time between two drawings, so that the next one is overdue.
      const stopped = Date.now();
      await vi.waitFor(() => expect(Date.now() - stopped).toBeGreaterThan(200));
      process.kill(pid, 'SIGCONT');
      const narrow = await screen.shows(/3\/4/);
      expect(narrow.filter((line) => /\d\/4/.test(line))).toHaveLength(1);
    },
  );

  it('as a pipe prints plain lines', async () => {
    const command = `node '${MAIN}' watch job --url ${monitor.url} | cat`;
    const screen = await openTerminal(['sh', '-c', command], 80, 24, UTF8);
    (await monitor.connection()).send('e-1 STARTED', 'e-2 FINISHED');
    expect(await screen.shows(/^exit 0$/)).toEqual([
      '-- connected',
      '2026-11-23T19:00:01.000Z STARTED',
      '2026-11-23T19:00:02.000Z FINISHED',
      'finished after 0:01: 0 completed, 0 failed, 0 skipped',
      'exit 0',
    ]);
  });

  async function watch(
    columns: number,
    rows: number,
    env: Record<string, string>,
  ): Promise<{ screen: TmuxTerminal; connection: FakeMonitorConnection }> {
    const args = ['watch', 'job', '--expected', '4', '--url', monitor.url];
    const screen = await openTerminal([process.execPath, MAIN, ...args], columns, rows, env);
    return { screen, connection: await monitor.connection() };
  }

  function playTasks(connection: FakeMonitorConnection): void {
    connection.send('e-1 STARTED', 'e-2 TASK b COMPLETED');
    connection.sendMessage({
      id: 'e-3',
      time: '2026-11-23T19:00:03.000Z',
      command: 'TASK',
      task_id: TASK,
      task_state: 'FAILED',
    });
    connection.send('e-4 ENDED');
  }
});

describe.runIf(hasTmux)('simulate in a terminal', () => {
  const running = setUpMonitor();

  it.each(SIZES)('of %i x %i says how to watch the job, and how the job ended', async (columns, rows) => {
    const options = ['--id', 'demo', '--tasks', '3', '--rate', '1000', '--delay', '0'];
    const command = [process.execPath, MAIN, 'simulate', ...options, '--zeromq', running.monitor.endpoint];
    const screen = await openTerminal(command, columns, rows, UTF8);
    const lines = await screen.shows(/^exit 0$/);
    expect(lines).toEqual(expect.arrayContaining(['demo', 'demo: ended (ok, 8 messages)']));
    expect(lines.join('')).toContain('watch --expected 3 demo');
  });
});
