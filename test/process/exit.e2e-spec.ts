import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProgramRunner } from '../fixtures/program-runner.js';

let runner: ProgramRunner;
let fifo: string;

beforeAll(async () => {
  runner = await ProgramRunner.create('src/process/exit.ts');
  fifo = join(runner.folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
});

afterAll(() => runner.remove());

/** Runs a program that has a `ProcessExit`, and tells how it ended. */
async function endOf(program: string): Promise<number | string> {
  const exit = 'const exit = new tested.ProcessExit((code) => process.exit(code));';
  return (await runner.run(`${exit}\n${program}`)).end;
}

describe('ProcessExit', () => {
  it.each(['soon', 'whenIdle'])('%s exits with the code when the thread pool is idle', async (method) => {
    expect(await endOf(`exit.${method}(3)`)).toBe(3);
  });

  it('soon kills the process when a file hangs', async () => {
    expect(await endOf(`fs.promises.open('${fifo}', 'w'); setImmediate(() => exit.soon(3))`)).toBe('SIGKILL');
  });

  it('whenIdle waits for a file', async () => {
    const program = `fs.promises.open('${fifo}', 'w'); exit.whenIdle(3);
      setTimeout(() => fs.openSync('${fifo}', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK), 50)`;
    expect(await endOf(program)).toBe(3);
  });
});

describe('the watchdog', () => {
  it('kills the process when the main thread is blocked', async () => {
    const program = 'tested.startWatchdog(0.2); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)';
    expect(await endOf(program)).toBe('SIGKILL');
  });

  it('does not delay the exit', async () => {
    expect(await endOf('tested.startWatchdog(1000); exit.soon(0)')).toBe(0);
  });
});
