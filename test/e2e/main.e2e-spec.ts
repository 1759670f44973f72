import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Router } from 'zeromq';
import { FakeBroker, TestClient } from '../fixtures/monitor.js';
import { MuteClient } from '../restart/mute-client.js';

// The built command as a user starts it; `npm test` builds it first.
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let folder: string;
const running: Command[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-'));
});

afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('recodex-monitor -c FILE', () => {
  it('runs with the original configuration file, writes its log, and exits with 0 on SIGTERM', async () => {
    const { daemon, ws, zeromq } = await startDaemon();
    const broker = await FakeBroker.connect(zeromq);
    const client = new TestClient(ws, { firstMessage: 'job' });
    await broker.send('job', 'STARTED');
    await client.received(1);
    daemon.child.kill('SIGTERM');
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(await daemon.exit).toBe(0);
    expect(readFileSync(join(folder, 'monitor.log'), 'utf8')).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[recodex-monitor\] \[INFO\] /,
    );
    broker.close();
  });

  it('exits at once at the second signal', async () => {
    const { daemon, ws } = await startDaemon();
    const mute = new MuteClient(Number(new URL(ws).port), '/');
    await mute.connect();
    // The mute client keeps the shutdown for half a second.
    const { pid } = daemon.child;
    running.push(shell(`while kill -INT ${pid}; do sleep 0.02; done`));
    await daemon.exit;
    expect(daemon.child.signalCode).toBe('SIGINT');
  });

  const onLinux = process.platform === 'linux';
  it.runIf(onLinux)(
    'sets priority.niceness for all its threads, and leaves their niceness unchanged by default',
    async () => {
      const nicenesses = (daemon: Command): number[] => {
        const tasks = `/proc/${daemon.child.pid}/task`;
        // proc_pid_stat(5): the 19th field, the 17th after the name in parentheses.
        const stat = (task: string): string => readFileSync(join(tasks, task, 'stat'), 'utf8');
        return readdirSync(tasks).map((task) => Number(stat(task).split(') ').at(-1)!.split(' ')[16]));
      };
      const { daemon: unchanged } = await startDaemon();
      expect(new Set(nicenesses(unchanged))).toEqual(new Set([getPriority()]));
      const { daemon: nicer } = await startDaemon({ RECODEX_MONITOR_PRIORITY_NICENESS: '10' });
      expect(new Set(nicenesses(nicer))).toEqual(new Set([Math.max(10, getPriority())]));
    },
  );

  it('exits with 0 over ZeroMQ when zeromq.remote_exit allows it', async () => {
    const { daemon, zeromq } = await startDaemon({ RECODEX_MONITOR_ZEROMQ_REMOTE_EXIT: 'true' });
    const broker = await FakeBroker.connect(zeromq);
    await broker.send('0', 'exit');
    expect(await daemon.exit).toBe(0);
    broker.close();
  });

  // ZMTP has no acknowledgements: a message on the wire is lost in the instant in which libzmq ends the link.
  it('loses nothing of a broker that never stops sending while it restarts', { retry: 1 }, async () => {
    const first = await startDaemon({ RECODEX_MONITOR_SHUTDOWN_DRAIN: '0.2' });
    const router = new Router({ mandatory: true, linger: 0 });
    router.connect(first.zeromq);
    const before = new TestClient(first.ws, { firstMessage: 'job' });
    await before.opened();
    const sender = send(router);
    await before.received(20);
    first.daemon.child.kill('SIGTERM');
    await before.closed;
    await first.daemon.exit;

    const second = await startDaemon({}, first);
    const after = new TestClient(second.ws, { firstMessage: 'job' });
    await after.received(50);
    const last = await sender.stop();
    await until(() => task(after.frames.at(-1)!) === last, after);
    const seen = [...before.frames, ...after.frames].map(task);
    expect(seen).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
    router.close();
  });

  it('lists every problem of its configuration, opens nothing and exits with 78', async () => {
    const file = config(
      'websocket_uri: [127.0.0.1, 0]\nlimits: {channels: many}\nretension: {}\nlogger: {level: loud}\n',
    );
    const daemon = start(['-c', file]);
    expect(await daemon.exit).toBe(78);
    expect(daemon.err).toContain('3 problems');
    expect(daemon.err).toContain('limits.channels: expected a whole number');
    expect(daemon.err).toContain('retension: expected a known key (did you mean retention?)');
    expect(daemon.err).toContain('got "loud"');
    expect(existsSync(join(folder, 'monitor.log'))).toBe(false);
  });

  it.each(['websocket_uri', 'zeromq_uri', 'admin_uri'])(
    'names %s and the address when the port is taken, and exits with 1',
    async (key) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const daemon = start(['run', '-c', config()], {
        [`RECODEX_MONITOR_${key.toUpperCase()}`]: `127.0.0.1:${port}`,
      });
      expect(await daemon.exit).toBe(1);
      expect(daemon.err).toMatch(new RegExp(`^${key}: cannot listen on 127.0.0.1:${port}: .+\n$`));
      taken.close();
    },
  );
});

describe('the other commands', () => {
  it('check-config says that a file is valid, or everything that is not', async () => {
    const good = start(['check-config', '-c', config()]);
    expect(await good.exit).toBe(0);
    const bad = start(['check-config', '-c', join(folder, 'nowhere.yml')]);
    expect(await bad.exit).toBe(78);
    expect(bad.err).toContain('nowhere.yml');
  });

  it('print-config prints a file that is valid again, with the environment in it', async () => {
    const printed = start(['print-config', '-c', config()], { RECODEX_MONITOR_RETENTION_FINISHED: '60' });
    expect(await printed.exit).toBe(0);
    expect(printed.out).toContain('finished: 60');
    const again = start(['check-config', '-c', config(printed.out)]);
    expect(await again.exit).toBe(0);
  });

  it('--version and --help exit with 0, an unknown option with 64', async () => {
    const [version, help, unknown] = [start(['--version']), start(['--help']), start(['--bogus'])];
    expect(await version.exit).toBe(0);
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await help.exit).toBe(0);
    expect(help.out).toContain('Examples:');
    expect(await unknown.exit).toBe(64);
  });

  it('simulate plays jobs that watch follows to the end', async () => {
    const { ws, zeromq } = await startDaemon();
    const watching = ['good', 'bad'].map((id) => start(['watch', id, '--url', ws]));
    const quick = ['--zeromq', zeromq, '--tasks', '5', '--rate', '1000', '--delay', '0'];
    const simulated = [
      start(['simulate', '--id', 'good', '--outcome', 'ok', ...quick]),
      start(['simulate', '--id', 'bad', '--outcome', 'failed-build', ...quick]),
    ];
    expect(await Promise.all(simulated.map(({ exit }) => exit))).toEqual([0, 0]);
    expect(await Promise.all(watching.map(({ exit }) => exit))).toEqual([0, 1]);
    expect(watching[0]!.out).toContain('5 completed');
  });
});

interface Command {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  out: string;
  err: string;
}

function start(args: string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const command: Command = {
    child,
    out: '',
    err: '',
    exit: once(child, 'close').then(([code]) => code as number | null),
  };
  child.stdout.on('data', (data) => (command.out += String(data)));
  child.stderr.on('data', (data) => (command.err += String(data)));
  running.push(command);
  return command;
}

function shell(script: string): Command {
  const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
  return { child, out: '', err: '', exit: once(child, 'close').then(([code]) => code as number | null) };
}

function config(text = original()): string {
  const file = join(folder, 'config.yml');
  writeFileSync(file, text);
  return file;
}

// The example of the original's README, but for free ports and a log file of its own.
function original(): string {
  return `---
websocket_uri:
    - "127.0.0.1"
    - 0
zeromq_uri:
    - "127.0.0.1"
    - "0"
logger:
    file: "${join(folder, 'monitor.log')}"
    level: "debug"
    max-size: 1048576  # 1 MB
    rotations: 3
...
`;
}

interface Addresses {
  readonly ws: string;
  readonly zeromq: string;
}

async function startDaemon(
  env: Record<string, string> = {},
  at?: Addresses,
): Promise<Addresses & { daemon: Command }> {
  const addresses = at && {
    RECODEX_MONITOR_WEBSOCKET_URI: new URL(at.ws).host,
    RECODEX_MONITOR_ZEROMQ_URI: new URL(at.zeromq).host,
  };
  const daemon = start(['-c', config()], { RECODEX_MONITOR_ADMIN_URI: 'off', ...addresses, ...env });
  const [, zeromq, ws] = await until(
    () => /address=(tcp:\S+)[^]*key=websocket_uri address=(\S+)[^]*Ready/.exec(daemon.out),
    daemon.child.stdout!,
  );
  return { daemon, ws: `ws://${ws}`, zeromq: zeromq! };
}

/** Waits, looking again with every chunk of a stream or every frame of a client. */
async function until<T>(
  look: () => T | null | undefined | false,
  source: NodeJS.ReadableStream | TestClient,
): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await (source instanceof TestClient ? source.received(source.frames.length + 1) : once(source, 'data'));
  }
}

/** Sends numbered tasks, 100 a second, until stopped; then tells the last number. */
function send(router: Router): { stop(): Promise<number> } {
  let number = -1;
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      try {
        await router.send(['recodex-monitor', 'job', 'TASK', String(number + 1), 'COMPLETED']);
        number++;
      } catch {
        // Not connected for the first time yet.
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
