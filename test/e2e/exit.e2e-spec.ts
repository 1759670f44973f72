import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let fifo: string;
/** src/process/exit.ts as JavaScript, because each test runs it in another process. */
let exitUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-'));
  fifo = join(folder, 'fifo');
  const file = join(folder, 'exit.mjs');
  await build({ input: 'src/process/exit.ts', platform: 'node', output: { file } });
  exitUrl = pathToFileURL(file).href;
  execFileSync('mkfifo', [fifo]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program, and gives its exit code and the signal that ended it. */
async function run(program: string): Promise<[number | null, NodeJS.Signals | null]> {
  const source = `import { exitSoon, exitWhenIdle, startWatchdog } from '${exitUrl}'; import fs from 'node:fs';\n${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'inherit' });
  return (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
}

describe('the end of the process', () => {
  it('comes with its code when nothing hangs', async () => {
    expect(await run('exitSoon(3)')).toEqual([3, null]);
    expect(await run('exitWhenIdle(3)')).toEqual([3, null]);
  });

  it('comes although a file hangs', async () => {
    expect(await run(`fs.promises.open('${fifo}', 'w'); setImmediate(exitSoon, 3)`)).toEqual([
      null,
      'SIGKILL',
    ]);
  });

  it('waits for a file when there is time', async () => {
    const program = `fs.promises.open('${fifo}', 'w'); exitWhenIdle(3);
      setTimeout(() => fs.openSync('${fifo}', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK), 50)`;
    expect(await run(program)).toEqual([3, null]);
  });

  it('comes although the thread of JavaScript is blocked', async () => {
    const program = 'startWatchdog(0.2); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)';
    expect(await run(program)).toEqual([null, 'SIGKILL']);
  });

  it('is not delayed by the watchdog', async () => {
    expect(await run('startWatchdog(1000); exitSoon(0)')).toEqual([0, null]);
  });
});
