import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Router } from 'zeromq';
import { useDaemons } from '../fixtures/daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { TestClient } from '../fixtures/test-client.js';
import type { Run } from '../fixtures/run-main.js';
import { MuteClient } from '../fixtures/mute-client.js';

const runs = useDaemons();

describe('recodex-monitor -c FILE', () => {
  it('runs with the configuration file of the original, writes the log file, and exits with 0 after SIGTERM', async () => {
    const { daemon, ws, zeromq } = await runs.startDaemon();
    const broker = await FakeBroker.connect(zeromq);
    const client = new TestClient(ws, { firstMessage: 'job' });
    await broker.send('job', 'STARTED');
    await client.received(1);
    daemon.child.kill('SIGTERM');
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(await daemon.exit).toBe(0);
    expect(readFileSync(runs.directory.file('monitor.log'), 'utf8')).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[recodex-monitor\] \[INFO\] /,
    );
    broker.close();
  });

  it('exits at once after the second signal', async () => {
    const { daemon, ws } = await runs.startDaemon();
    const mute = new MuteClient(Number(new URL(ws).port), '/');
    await mute.connect();
    // The client does not answer the close, so the shutdown takes half a second. The loop sends signals until the exit.
    const { pid } = daemon.child;
    const killer = spawn('sh', ['-c', `while kill -INT ${pid}; do sleep 0.02; done`], { stdio: 'ignore' });
    const killed = once(killer, 'exit');
    await daemon.exit;
    expect(daemon.child.signalCode).toBe('SIGINT');
    await killed;
  });

  const onLinux = process.platform === 'linux';
  it.runIf(onLinux)(
    'sets priority.niceness for all its threads, and leaves their niceness unchanged by default',
    async () => {
      const nicenesses = (daemon: Run): number[] => {
        const tasks = `/proc/${daemon.child.pid}/task`;
        // proc_pid_stat(5): field 19, which is the 17th after the name in parentheses.
        const stat = (task: string): string => readFileSync(join(tasks, task, 'stat'), 'utf8');
        return readdirSync(tasks).map((task) => Number(stat(task).split(') ').at(-1)!.split(' ')[16]));
      };
      const { daemon: unchanged } = await runs.startDaemon();
      expect(new Set(nicenesses(unchanged))).toEqual(new Set([getPriority()]));
      const { daemon: nicer } = await runs.startDaemon({ RECODEX_MONITOR_PRIORITY_NICENESS: '10' });
      expect(new Set(nicenesses(nicer))).toEqual(new Set([Math.max(10, getPriority())]));
    },
  );

  it('exits with 0 after an exit message when zeromq.remote_exit is true', async () => {
    const { daemon, zeromq } = await runs.startDaemon({ RECODEX_MONITOR_ZEROMQ_REMOTE_EXIT: 'true' });
    const broker = await FakeBroker.connect(zeromq);
    await broker.send('0', 'exit');
    expect(await daemon.exit).toBe(0);
    broker.close();
  });

  // ZMTP has no acknowledgements: a message in transit is lost when libzmq closes the connection. Hence the retry.
  it('loses no message of a broker that keeps sending during a restart', { retry: 1 }, async () => {
    const first = await runs.startDaemon({ RECODEX_MONITOR_SHUTDOWN_DRAIN: '0.2' });
    const router = new Router({ mandatory: true, linger: 0 });
    router.connect(first.zeromq);
    const before = new TestClient(first.ws, { firstMessage: 'job' });
    await before.opened();
    const sender = send(router);
    await before.received(20);
    first.daemon.child.kill('SIGTERM');
    await before.closed;
    await first.daemon.exit;

    const second = await runs.startDaemon({}, first);
    const after = new TestClient(second.ws, { firstMessage: 'job' });
    await after.received(50);
    const last = await sender.stop();
    await vi.waitFor(() => expect(task(after.frames.at(-1)!)).toBe(last), 5000);
    const seen = [...before.frames, ...after.frames].map(task);
    expect(seen).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
    router.close();
  });

  it('lists all problems of the configuration, opens nothing and exits with 78', async () => {
    const file = runs.writeConfig(
      'websocket_uri: [127.0.0.1, 0]\nlimits: {channels: many}\nretension: {}\nlogger: {level: loud}\n',
    );
    const daemon = runs.start(['-c', file]);
    expect(await daemon.exit).toBe(78);
    expect(daemon.err).toContain('3 problems');
    expect(daemon.err).toContain('limits.channels: expected a whole number');
    expect(daemon.err).toContain('retension: expected a known key (did you mean retention?)');
    expect(daemon.err).toContain('got "loud"');
    expect(existsSync(runs.directory.file('monitor.log'))).toBe(false);
  });

  it.each(['websocket_uri', 'zeromq_uri', 'admin_uri'])(
    'exits with 1 and names %s and the address when the port is in use',
    async (key) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const daemon = runs.start(['run', '-c', runs.writeConfig()], {
        [`RECODEX_MONITOR_${key.toUpperCase()}`]: `127.0.0.1:${port}`,
      });
      expect(await daemon.exit).toBe(1);
      expect(daemon.err).toMatch(new RegExp(`^${key}: cannot listen on 127.0.0.1:${port}: .+\n$`));
      taken.close();
    },
  );
});

/** Sends numbered tasks, 100 per second, until `stop`, which resolves with the last number. */
function send(router: Router): { stop(): Promise<number> } {
  let number = -1;
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      try {
        await router.send(['recodex-monitor', 'job', 'TASK', String(number + 1), 'COMPLETED']);
        number++;
      } catch {
        // Not connected yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return number;
  })();
  return {
    stop() {
      stopped = true;
      return done;
    },
  };
}

function task(frame: string): number {
  return Number((JSON.parse(frame) as { task_id: string }).task_id);
}
