import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { runMain } from '../fixtures/run-main.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { until } from '../fixtures/until.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Each message is a debug line of 150 bytes: together they exceed the queue of the console several times. */
const MESSAGES = 30_000;
const STOP_X = '\u0013';
const START_X = '\u0011';

const directory = useTemporaryDirectory();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('a log output without a reader', () => {
  it('does not prevent the exit of the process: a FIFO as log file', async () => {
    const fifo = directory.file('fifo');
    execFileSync('mkfifo', [fifo]);
    const run = runMain([], { RECODEX_MONITOR_ADMIN_URI: 'off', RECODEX_MONITOR_LOGGER_FILE: fifo });
    children.push(run.child);
    await run.printed(/Ready\n/);
    expect(run.err).toMatch(/The log file cannot be written.*ENXIO/);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
  });

  it('does not stop the relay and does not use unlimited memory: a pipe', async () => {
    const log = directory.file('monitor.log');
    const run = runMain([], {
      RECODEX_MONITOR_ADMIN_URI: 'off',
      RECODEX_MONITOR_LOGGER_LEVEL: 'debug',
      RECODEX_MONITOR_LOGGER_FILE: log,
      RECODEX_MONITOR_LOGGER_MAX_SIZE: '0',
    });
    children.push(run.child);
    const [, zeromq] = await run.printed(/address=(tcp:\S+)/);
    const [, url] = await run.printed(/url=(\S+)[^]*Ready\n/);
    run.child.stdout!.pause();
    await flood(zeromq!, url!);
    run.child.stdout!.resume();
    await run.printed(/The console was not read: dropped lines lines=\d{3,}/);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
    expect(readFileSync(log, 'utf8').split('command=TASK')).toHaveLength(MESSAGES + 1);
  });

  const canMakeTerminal = spawnSync('script', ['--version']).status === 0;
  it.runIf(canMakeTerminal)(
    'does not stop the relay or the shutdown: a terminal stopped with Ctrl-S',
    async () => {
      const env = {
        PATH: process.env['PATH'],
        RECODEX_MONITOR_WEBSOCKET_URI: '127.0.0.1:0',
        RECODEX_MONITOR_ZEROMQ_URI: '127.0.0.1:0',
        RECODEX_MONITOR_ADMIN_URI: 'off',
        RECODEX_MONITOR_LOGGER_LEVEL: 'debug',
      };
      const command = `echo pid=$$; exec '${process.execPath}' '${MAIN}'`;
      const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env });
      children.push(terminal);
      let out = '';
      terminal.stdout.on('data', (data) => (out += String(data)));
      const printed = (pattern: RegExp): Promise<string[]> => until(() => pattern.exec(out), terminal.stdout);
      const [, pid] = await printed(/pid=(\d+)/);
      const [, zeromq] = await printed(/address=(tcp:\S+)/);
      const [, url] = await printed(/url=(\S+)[^]*Ready/);
      terminal.stdin.write(STOP_X);
      await flood(zeromq!, url!);
      terminal.stdin.write(START_X);
      await printed(/The console was not read: dropped lines lines=\d{3,}/);
      terminal.stdin.write(STOP_X);
      process.kill(Number(pid), 'SIGTERM');
      const [code] = (await once(terminal, 'exit')) as [number];
      expect(code).toBe(0);
    },
  );
});

/** Sends messages until the log exceeds the queue of the console. Resolves when the monitor has relayed all of them. */
async function flood(zeromq: string, url: string): Promise<void> {
  const broker = await FakeBroker.connect(zeromq);
  for (let i = 0; i < MESSAGES; i++) await broker.send('job', 'TASK', `task-${i}`, 'COMPLETED');
  const channel = new URL('channels/job', url);
  const summary = async (): Promise<unknown> =>
    (await fetch(channel, { headers: { Accept: 'application/json' } })).json();
  await vi.waitFor(async () => expect(await summary()).toMatchObject({ messages: MESSAGES }), 15_000);
  broker.close();
}
