import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Run, runMain } from '../fixtures/run-main.js';

const runs: Run[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-spec-'));
});
afterEach(() => {
  for (const { child } of runs.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function run(args: string[], env: Record<string, string> = {}): Run {
  const started = runMain(args, {
    RECODEX_MONITOR_ADMIN_URI: '127.0.0.1:0',
    // The default would be a warning where the test may open few files.
    RECODEX_MONITOR_LIMITS_CONNECTIONS: '100',
    ...env,
  });
  runs.push(started);
  return started;
}

async function messages(started: Run): Promise<string[]> {
  await started.printed(/Ready\n/);
  return started.out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\[[^\]]+\] \[recodex-monitor\] /, ''));
}

describe('The log of a start', () => {
  it('has at most eight lines: version, file, addresses that can be opened, ready', async () => {
    const file = join(folder, 'config.yml');
    writeFileSync(file, 'logger: {file: off}\n');
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
    'has a URL to open for %s',
    async (address) => {
      const lines = await messages(run([], { RECODEX_MONITOR_WEBSOCKET_URI: address }));
      const [, url] = /key=websocket_uri .*url=(\S+)/.exec(lines.join('\n'))!;
      expect(url).not.toMatch(/0\.0\.0\.0|\[::\]|\*/);
      expect((await fetch(new URL('health/live', url))).status).toBe(200);
    },
  );

  it("has Nest's own lines at debug", async () => {
    const lines = await messages(run([], { RECODEX_MONITOR_LOGGER_LEVEL: 'debug' }));
    expect(lines.find((line) => line.includes('context=InstanceLoader'))).toMatch(/^\[DEBUG\] /);
  });
});

describe('Variables of services beside the monitor', () => {
  it('never stop it', async () => {
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
    'are a warning on stderr of %s, which succeeds',
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
  it('may be taken: a warning says so, and health answers on the public listener', async () => {
    // Taken by this server, or by another monitor on the machine that runs the test.
    const taken = createServer().on('error', () => {});
    const settled = Promise.race([once(taken, 'listening'), once(taken, 'error')]);
    taken.listen(4568, '127.0.0.1');
    await settled.catch(() => {});
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

  it('is an error when it is taken although it was configured', async () => {
    const taken = createServer().on('error', () => {});
    const settled = Promise.race([once(taken, 'listening'), once(taken, 'error')]);
    taken.listen(4568, '127.0.0.1');
    await settled.catch(() => {});
    const file = join(folder, 'config.yml');
    writeFileSync(file, 'admin_uri: [127.0.0.1, 4568]\nlogger: {file: off}\n');
    const started = run(['-c', file], { RECODEX_MONITOR_ADMIN_URI: '' });
    expect(await started.exit).toBe(1);
    taken.close();
    expect(started.err).toMatch(/^admin_uri: cannot listen on 127\.0\.0\.1:4568: /);
  });
});
