import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemdNotifier } from '../../src/process/systemd.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const onError = vi.fn<(reason: string) => void>();
let environment: NodeJS.ProcessEnv;
let work: string[];

beforeEach(() => {
  // In place of systemd-notify, a script that writes its arguments to a file.
  const program = directory.file('systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>"$REPORTS"\n`);
  chmodSync(program, 0o755);
  environment = { PATH: directory.path, REPORTS: directory.file('reports'), NOTIFY_SOCKET: '/run/socket' };
  work = [];
  onError.mockReset();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => void vi.useRealTimers());

function reports(): string[] {
  const file = directory.file('reports');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function sees(...expected: string[]): Promise<void> {
  await vi.waitFor(() => expect(reports()).toEqual(expected.map((state) => `/run/socket ${state}`)), 5000);
}

async function seesCount(count: number): Promise<void> {
  await vi.waitFor(() => expect(reports()).toHaveLength(count), 5000);
}

describe('SystemdNotifier', () => {
  it('reports the end of the start and the beginning of the stop', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    systemd.ready();
    await sees('READY=1');
    systemd.stopping();
    await sees('READY=1', 'STOPPING=1');
    expect(onError).not.toHaveBeenCalled();
  });

  it('reports at half of the watchdog interval that the event loop runs', async () => {
    Object.assign(environment, { WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) });
    new SystemdNotifier(environment, onError).ready();
    await sees('READY=1');
    vi.advanceTimersByTime(15_000);
    await sees('READY=1', 'WATCHDOG=1');
    vi.advanceTimersByTime(15_000);
    await sees('READY=1', 'WATCHDOG=1', 'WATCHDOG=1');
  });

  it.each([
    ['another process', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }],
    ['no watchdog', {}],
    ['a wrong interval', { WATCHDOG_USEC: 'soon' }],
  ])('sends no watchdog report for %s', async (_name, variables) => {
    new SystemdNotifier({ ...environment, ...variables }, onError).ready();
    expect(vi.getTimerCount()).toBe(0);
    await sees('READY=1');
  });

  it('does nothing without NOTIFY_SOCKET', () => {
    const systemd = new SystemdNotifier({ PATH: directory.path, WATCHDOG_USEC: '30000000' }, onError);
    systemd.ready();
    systemd.stopping();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('reports the time at which a reload begins, and its end', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    systemd.ready();
    const before = process.hrtime.bigint() / 1000n;
    await systemd.reload(() => void work.push('done'));
    await seesCount(3);
    const [, reloading, ready] = reports();
    const [, time] = /^\/run\/socket RELOADING=1 MONOTONIC_USEC=(\d+)$/.exec(reloading!)!;
    expect(BigInt(time!)).toBeGreaterThanOrEqual(before);
    expect(BigInt(time!)).toBeLessThanOrEqual(process.hrtime.bigint() / 1000n);
    expect(ready).toBe('/run/socket READY=1');
    expect(work).toEqual(['done']);
  });

  it('reports the end of a reload when its work has ended', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    systemd.ready();
    let end!: () => void;
    const reload = systemd.reload(() => new Promise((resolve) => (end = resolve)));
    await seesCount(2);
    end();
    await reload;
    await seesCount(3);
    expect(reports()[2]).toBe('/run/socket READY=1');
  });

  it('reports the end of a reload that fails, and passes the error on', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    systemd.ready();
    await expect(systemd.reload(() => Promise.reject(new Error('no file')))).rejects.toThrow('no file');
    await seesCount(3);
    expect(reports()[2]).toBe('/run/socket READY=1');
  });

  it('reports many reloads at the same time as one', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    systemd.ready();
    await Promise.all(Array.from({ length: 100 }, () => systemd.reload(() => void work.push('done'))));
    expect(work).toHaveLength(100);
    await seesCount(3);
    expect(reports().map((line) => line.split(/[ =]/)[1])).toEqual(['READY', 'RELOADING', 'READY']);
  });

  it('reports no reload during start and stop, where READY=1 would be wrong', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    await systemd.reload(() => void work.push('at the start'));
    systemd.ready();
    systemd.stopping();
    await systemd.reload(() => void work.push('at the stop'));
    await sees('READY=1', 'STOPPING=1');
    expect(work).toEqual(['at the start', 'at the stop']);
  });

  it('sends the reports in their order', async () => {
    const systemd = new SystemdNotifier(environment, onError);
    systemd.ready();
    systemd.stopping();
    await sees('READY=1', 'STOPPING=1');
  });

  it('runs the work of a reload without NOTIFY_SOCKET', async () => {
    const systemd = new SystemdNotifier({ PATH: directory.path }, onError);
    systemd.ready();
    await systemd.reload(() => void work.push('done'));
    expect(work).toEqual(['done']);
  });

  it('passes the reason of a failure on', async () => {
    new SystemdNotifier({ PATH: '/nonexistent', NOTIFY_SOCKET: '/run/socket' }, onError).ready();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.stringContaining('ENOENT')));
  });
});
