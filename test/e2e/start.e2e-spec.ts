import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { useDaemons } from '../fixtures/daemon.js';
import type { Run } from '../fixtures/run-main.js';

const runs = useDaemons();

function run(args: string[], env: Record<string, string> = {}): Run {
  return runs.start(args, {
    RECODEX_MONITOR_ADMIN_URI: '127.0.0.1:0',
    // With the default, the monitor logs a warning when the test process may open few files.
    RECODEX_MONITOR_LIMITS_CONNECTIONS: '100',
    ...env,
  });
}

async function messages(started: Run): Promise<string[]> {
  await started.printed(/Ready\n/);
  return started.out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\[[^\]]+\] \[recodex-monitor\] /, ''));
}

describe('The log of a start', () => {
  it('has at most eight lines: version, file, URLs of the listeners, ready', async () => {
    const file = runs.writeConfig('logger: {file: off}\n');
    const lines = await messages(run(['-c', file]));
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(lines[0]).toMatch(
      /^\[INFO\] Starting recodex-monitor version=\d+\.\d+\.\d+ node=[\d.]+ configuration=/,
    );
    expect(lines[0]).toContain(`configuration=${file}`);
    expect(lines.some((line) => /address=tcp:\/\/127\.0\.0\.1:\d+/.test(line))).toBe(true);
    for (const key of ['websocket_uri', 'admin_uri']) {
      const [, url] = new RegExp(`key=${key} .*url=(\\S+)`).exec(lines.join('\n'))!;
      expect((await fetch(new URL('health/ready', url))).status).toBe(200);
    }
    expect(lines.at(-1)).toBe('[INFO] Ready');
  });

  const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );
  it.each(['0.0.0.0:0', '*:0', 'localhost:0', ...(hasIPv6 ? ['[::]:0'] : [])])(
    'has a URL that a browser can open for %s',
    async (address) => {
      const lines = await messages(run([], { RECODEX_MONITOR_WEBSOCKET_URI: address }));
      const [, url] = /key=websocket_uri .*url=(\S+)/.exec(lines.join('\n'))!;
      expect(url).not.toMatch(/0\.0\.0\.0|\[::\]|\*/);
      expect((await fetch(new URL('health/live', url))).status).toBe(200);
    },
  );

  it("contains Nest's start lines at debug", async () => {
    const lines = await messages(run([], { RECODEX_MONITOR_LOGGER_LEVEL: 'debug' }));
    expect(lines.find((line) => line.includes('context=InstanceLoader'))).toMatch(/^\[DEBUG\] /);
  });
});

describe('Environment variables that belong to no key', () => {
  it('do not stop the monitor', async () => {
    const started = run([], {
      RECODEX_MONITOR_ZEROMQ_SERVICE_HOST: '10.0.0.1',
      RECODEX_MONITOR_ADMIN_PORT: 'tcp://10.0.0.1:4568',
      RECODEX_MONITOR_LOGGER_LEVL: 'debug',
    });
    const warnings = (await messages(started)).filter((line) => line.startsWith('[WARNING]'));
    expect(warnings).toEqual([
      '[WARNING] Ignored an environment variable that belongs to no key variable=RECODEX_MONITOR_LOGGER_LEVL nearest=RECODEX_MONITOR_LOGGER_LEVEL',
    ]);
  });

  it.each(['check-config', 'print-config'])(
    'give a warning on stderr of %s, which exits with 0',
    async (command) => {
      const started = run([command], { RECODEX_MONITOR_LOGGER_LEVL: 'debug' });
      expect(await started.exit).toBe(0);
      expect(started.err).toMatch(
        /^warning: .*RECODEX_MONITOR_LOGGER_LEVL .*RECODEX_MONITOR_LOGGER_LEVEL\?\)\n$/,
      );
      expect(started.out).not.toContain('warning');
    },
  );
});

describe('The default address of the admin listener', () => {
  it('may be in use: the monitor logs a warning and serves health on the public listener', async () => {
    const taken = await occupyAdminPort();
    // An empty variable counts as not set.
    const started = run([], { RECODEX_MONITOR_ADMIN_URI: '' });
    const lines = await messages(started);
    taken.close();
    expect(lines.filter((line) => line.startsWith('[WARNING]'))).toEqual([
      expect.stringMatching(/Running without the admin listener.*127\.0\.0\.1:4568.*EADDRINUSE/),
    ]);
    const [, url] = /key=websocket_uri .*url=(\S+)/.exec(started.out)!;
    expect((await fetch(new URL('health/ready', url))).status).toBe(200);
    started.child.kill('SIGTERM');
    expect(await started.exit).toBe(0);
  });

  it('prevents the start when it is configured and in use', async () => {
    const taken = await occupyAdminPort();
    const file = runs.writeConfig('admin_uri: [127.0.0.1, 4568]\nlogger: {file: off}\n');
    const started = run(['-c', file], { RECODEX_MONITOR_ADMIN_URI: '' });
    expect(await started.exit).toBe(1);
    taken.close();
    expect(started.err).toMatch(/^admin_uri: cannot listen on 127\.0\.0\.1:4568: /);
  });
});

/** Occupies the default port of the admin listener, unless another process on this machine already does. */
async function occupyAdminPort(): Promise<Server> {
  const server = createServer().on('error', () => {});
  const done = Promise.race([once(server, 'listening'), once(server, 'error')]);
  server.listen(4568, '127.0.0.1');
  await done.catch(() => {});
  return server;
}
