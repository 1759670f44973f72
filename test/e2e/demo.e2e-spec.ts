import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { DEMO_JOBS, demoMessages } from '../../src/cli/demo-jobs.js';
import { availablePorts } from '../../src/cli/demo-ports.js';
import { JOB_OUTCOMES } from '../../src/cli/scenario.js';
import { until } from '../fixtures/until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the jobs of the demo', () => {
  it('have all outcomes and run in a loop', () => {
    expect(new Set(DEMO_JOBS.map(({ outcome }) => outcome))).toEqual(new Set(JOB_OUTCOMES));
    const finished = new Map<string, number>();
    const times: number[] = [];
    for (const { due, frames } of demoMessages(DEMO_JOBS, Math.random)) {
      times.push(due);
      const [id, command] = frames;
      const isEnd = command === 'FINISHED' || id === 'demo-rejected';
      if (isEnd) finished.set(id!, (finished.get(id!) ?? 0) + 1);
      if (DEMO_JOBS.every((job) => (finished.get(job.id) ?? 0) >= 2)) break;
    }
    expect(finished.size).toBe(DEMO_JOBS.length);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('use free ports when the preferred ports are in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const ports = await availablePorts({ websocket: port, zeromq: port, admin: port });
    expect(Object.values(ports)).not.toContain(port);
    expect(new Set(Object.values(ports)).size).toBe(3);
    taken.close();
  });
});

describe('the demo', () => {
  const running: ChildProcess[] = [];

  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints the URLs and a command, and exits with 0 after %s',
    async (signal) => {
      const { child, output } = start();
      const [url] = await until(() => /http:\S+demo-many-tasks\S*/.exec(output()), child.stdout!);
      expect(url).toMatch(/\?expected=5000$/);
      const [line] = await until(() => /node dist\/main.js watch.*/.exec(output()), child.stdout!);
      const watched = spawn('sh', ['-c', `exec ${line}`], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      running.push(watched);
      await until((chunk) => chunk.includes('TASK'), watched.stdout);
      const page = await fetch(url, { headers: { Accept: 'text/html' } });
      expect(page.status).toBe(200);

      await until(() => output().includes('Ctrl-C'), child.stdout!);
      child.kill(signal);
      expect(await once(child, 'close')).toEqual([0, null]);
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    },
  );

  it('stops its monitor when it is killed', async () => {
    const { child, output } = start();
    const [url] = await until(() => /http:\S+demo-ok\S*/.exec(output()), child.stdout!);
    const stream = await fetch(url, { headers: { Accept: 'text/event-stream' } });
    child.kill('SIGKILL');
    // The stream ends when the monitor stops, and the port closes last.
    await stream.text().catch(() => '');
    await vi.waitFor(() => expect(fetch(url)).rejects.toThrow('fetch failed'), { timeout: 10_000 });
  });

  function start(): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, ['dist/main.js', 'demo'], { cwd: ROOT });
    running.push(child);
    let text = '';
    child.stdout.on('data', (data) => (text += String(data)));
    return { child, output: () => text };
  }
});
