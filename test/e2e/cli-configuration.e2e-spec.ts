import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { availablePorts, type MonitorPorts } from '../../src/cli/demo-ports.js';
import { until } from '../fixtures/until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('RECODEX_MONITOR_')),
);

describe('simulate and watch', () => {
  let folder: string;
  let file: string;
  let ports: MonitorPorts;
  let monitor: ChildProcess;
  let variables: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "recodex monitor's "));
    file = join(folder, 'config.yml');
    ports = await availablePorts({ websocket: 0, zeromq: 0, admin: 0 });
    writeFileSync(
      file,
      `websocket_uri: ['*', ${ports.websocket}]\nzeromq_uri: ['0.0.0.0', ${ports.zeromq}]\nadmin_uri: off\nlogger: {file: off}\n`,
    );
    variables = {
      RECODEX_MONITOR_WEBSOCKET_URI: `*:${ports.websocket}`,
      RECODEX_MONITOR_ZEROMQ_URI: `localhost:${ports.zeromq}`,
    };
    monitor = start(['-c', file]);
    await until((chunk) => chunk.includes('Ready'), monitor.stdout!);
  });

  afterAll(async () => {
    monitor.kill('SIGKILL');
    await once(monitor, 'close');
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['job with blanks', []],
    ["it's $HOME", []],
    ['-n', []],
    ['příklad/1?x=y', []],
    ['a\nb\u001b[2J', []],
    ['job-of-a-file', ['file']],
    ['job of variables', ['variables']],
    ['job of both', ['file', 'variables']],
  ])('find the monitor, and print a URL and a command that work: %j %j', async (id, sources) => {
    const useFile = sources.length === 0 || sources.includes('file');
    const env = sources.includes('variables') ? variables : {};
    const options = ['--tasks', '3', '--rate', '1000', '--delay', '0', '--id', id];
    const lines = (await output(start(['simulate', ...(useFile ? ['-c', file] : []), ...options], env)))
      .split('\n')
      .map((line) => line.trim());
    const url = lines.find((line) => line.startsWith('http://'))!;
    expect(new URL(url).port).toBe(String(ports.websocket));
    await vi.waitFor(async () => {
      const summary = await fetch(url, { headers: { Accept: 'application/json' } });
      expect(await summary.json()).toMatchObject({ id, state: 'finished' });
    });

    // Another shell does not have these variables.
    const command = lines.find((line) => line.startsWith('node dist/main.js watch '))!;
    const shell = spawn('bash', ['-c', command], { cwd: ROOT, env: ENVIRONMENT });
    expect(await output(shell)).toContain('3 completed');
  });

  it('prefer explicit options to the configuration', async () => {
    const wrong = {
      RECODEX_MONITOR_WEBSOCKET_URI: '127.0.0.1:1',
      RECODEX_MONITOR_ZEROMQ_URI: '127.0.0.1:1',
    };
    const quick = ['--tasks', '1', '--rate', '1000', '--delay', '0', '--id', 'explicit'];
    const target = `tcp://*:${ports.zeromq}`;
    expect(await output(start(['simulate', ...quick, '--zeromq', target], wrong))).toContain(
      '6 messages sent',
    );
    const url = `http://127.0.0.1:${ports.websocket}`;
    expect(await output(start(['watch', 'explicit', '--url', url], wrong))).toContain('1 completed');
  });

  it.each([
    [
      'simulate',
      'zeromq_uri has port 0, which stands for any free port: give the actual port with --zeromq',
      1,
    ],
    ['watch', 'websocket_uri has port 0, which stands for any free port: give the actual port with --url', 2],
  ])('report that port 0 is unknown: %s', async (verb, problem, exit) => {
    const any = { RECODEX_MONITOR_WEBSOCKET_URI: '*:0', RECODEX_MONITOR_ZEROMQ_URI: '*:0' };
    const child = start(verb === 'watch' ? ['watch', 'j'] : ['simulate'], any);
    const text = until((chunk) => chunk.includes('\n') && chunk, child.stderr!);
    expect(await once(child, 'close')).toEqual([exit, null]);
    expect(await text).toBe(`error: ${problem}\n`);
  });

  it.each(['simulate', 'watch'])('reject an invalid configuration: %s', async (verb) => {
    const child = start([verb, ...(verb === 'watch' ? ['j'] : []), '-c', join(folder, 'nowhere.yml')]);
    const text = until((chunk) => chunk, child.stderr!);
    expect(await once(child, 'close')).toEqual([78, null]);
    expect(await text).toContain('nowhere.yml');
  });
});

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['dist/main.js', ...args], { cwd: ROOT, env: { ...ENVIRONMENT, ...env } });
}

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout!.on('data', (data) => (text += String(data)));
  child.stderr!.on('data', (data) => (text += String(data)));
  expect([...(await once(child, 'close')), text]).toEqual([0, null, text]);
  return text;
}
