import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

async function start(): Promise<BuiltDaemon> {
  const daemon = await BuiltDaemon.start(await freePorts()).untilReady();
  running.push(daemon.child);
  return daemon;
}

describe('the daemon', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGXCPU'] as const)('stops gracefully on %s', async (signal) => {
    const daemon = await start();
    await daemon.stop(signal);
    expect(daemon.output).toContain(signal);
    expect(daemon.output).toContain('Stopped');
  });

  it('logs and ignores other signals, and opens no debugger', async () => {
    const daemon = await start();
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGPROF', 'SIGPIPE', 'SIGWINCH'] as const)
      daemon.child.kill(signal);
    await becomesTrue(() => daemon.output.includes('Ignored a signal'));
    expect(await daemon.ready).toBe(true);
    await daemon.stop();
    expect(daemon.output).not.toContain('Debugger');
  });

  it('reopens its log on SIGHUP and continues', async () => {
    const daemon = await start();
    daemon.child.kill('SIGHUP');
    await becomesTrue(() => daemon.output.includes('SIGHUP'));
    expect(await daemon.ready).toBe(true);
    await daemon.stop();
  });

  it.runIf(existsSync('/usr/bin/script'))('stops gracefully when its terminal closes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-'));
    const log = join(folder, 'monitor.log');
    const terminal = spawn('script', ['-qec', `${process.execPath} ${MAIN}`, '/dev/null'], {
      env: { ...process.env, ...freeEnvironment(), RECODEX_MONITOR_LOGGER_FILE: log },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    running.push(terminal);
    const lines = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
    await becomesTrue(() => /ready/i.test(lines()));
    terminal.kill('SIGKILL');
    await becomesTrue(() => lines().includes('Stopped'));
    expect(lines()).toContain('SIGHUP');
    rmSync(folder, { recursive: true });
  });

  const onLinux = process.platform === 'linux';
  it.runIf(onLinux)('exits with 0 and logs no error when it is stopped during its start', async () => {
    for (const event of [null, 'Starting', 'dependencies', 'Listening']) {
      const daemon = BuiltDaemon.start(await freePorts(), {
        RECODEX_MONITOR_LOGGER_LEVEL: 'debug',
        // The default logs a warning where the limit of open files is low.
        RECODEX_MONITOR_LIMITS_CONNECTIONS: '100',
      });
      running.push(daemon.child);
      await becomesTrue(() =>
        event === null ? catchesSignals(daemon.child.pid!) : daemon.output.includes(event),
      );
      await daemon.stop();
      expect(daemon.output).not.toMatch(/ERROR|Error|WARNING/);
    }
  });

  // Creating a namespace needs root.
  it.runIf(onLinux && process.getuid?.() === 0)('stops as PID 1 on a signal during the start', async () => {
    const parent = spawn('unshare', ['--pid', '--fork', '--kill-child', process.execPath, MAIN], {
      env: { ...process.env, ...freeEnvironment() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(parent);
    const children = (): string => readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
    await becomesTrue(() => catchesSignals(Number(children())));
    process.kill(Number(children()), 'SIGTERM');
    expect(await once(parent, 'exit')).toEqual([0, null]);
  });
});

function freeEnvironment(): Record<string, string> {
  return {
    RECODEX_MONITOR_WEBSOCKET_URI: '127.0.0.1:0',
    RECODEX_MONITOR_ZEROMQ_URI: '127.0.0.1:0',
    RECODEX_MONITOR_ADMIN_URI: 'off',
  };
}

/** Whether a process handles SIGHUP, the last signal that gets a handler; see proc_pid_status(5). */
function catchesSignals(pid: number): boolean {
  if (!pid || !existsSync(`/proc/${pid}/status`)) return false;
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & 1n) === 1n;
}

function becomesTrue(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 });
}
