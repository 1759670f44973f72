import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemdNotifier } from '../../src/process/systemd.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const onError = vi.fn<(reason: string) => void>();
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  // In place of systemd-notify, a script that writes its arguments to a file.
  const program = directory.file('systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>"$REPORTS"\n`);
  chmodSync(program, 0o755);
  environment = { PATH: directory.path, REPORTS: directory.file('reports'), NOTIFY_SOCKET: '/run/socket' };
  onError.mockReset();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => void vi.useRealTimers());

function reports(): string[] {
  const file = directory.file('reports');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function sees(...expected: string[]): Promise<void> {
  await vi.waitFor(() => expect(reports()).toEqual(expected.map((state) => `/run/socket ${state}`)));
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
  ])('sends no watchdog report for %s', (_name, variables) => {
    new SystemdNotifier({ ...environment, ...variables }, onError).ready();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does nothing without NOTIFY_SOCKET', () => {
    const systemd = new SystemdNotifier({ PATH: directory.path, WATCHDOG_USEC: '30000000' }, onError);
    systemd.ready();
    systemd.stopping();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes the reason of a failure on', async () => {
    new SystemdNotifier({ PATH: '/nonexistent', NOTIFY_SOCKET: '/run/socket' }, onError).ready();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.stringContaining('ENOENT')));
  });
});
