import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProgramRunner, type ProgramResult } from '../fixtures/program-runner.js';

let runner: ProgramRunner;

beforeAll(async () => {
  runner = await ProgramRunner.create('src/process/signals.ts');
});

afterAll(() => runner.remove());

/** Runs a program that catches signals. It has `raise(signal)`, which resolves after the handlers ran, and `handle()`. */
async function run(program: string): Promise<ProgramResult> {
  return runner.run(`
    const print = (name) => (signal) => fs.writeSync(1, [name, signal].filter(Boolean).join(' ') + ';');
    const handle = () => tested.handleSignals({
      stop: print('stop'), stopNow: print('stopNow'), hangUp: print('hangUp'), ignored: print('ignored'),
    });
    const alive = setInterval(() => {}, 1000);
    const raise = (signal) => new Promise((resolve) => {
      process.once(signal, resolve);
      process.kill(process.pid, signal);
    });
    tested.catchSignals();
    ${program}
    clearInterval(alive);`);
}

describe('the signals of the daemon', () => {
  it('are kept until the daemon handles them', async () => {
    expect(await run(`await raise('SIGTERM'); print('caught')(); handle();`)).toEqual({
      end: 0,
      output: 'caught;stop SIGTERM;',
    });
  });

  it.each(['SIGINT', 'SIGQUIT', 'SIGXCPU'])('stop it with %s', async (signal) => {
    expect(await run(`handle(); await raise('${signal}');`)).toEqual({ end: 0, output: `stop ${signal};` });
  });

  it('end the process when a second one comes later', async () => {
    const program = `handle(); await raise('SIGTERM');
      while (process.listenerCount('SIGINT') > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      process.kill(process.pid, 'SIGINT');
      await new Promise(() => {});`;
    expect(await run(program)).toEqual({ end: 'SIGINT', output: 'stop SIGTERM;' });
  });

  it('stop it once when two come together', async () => {
    const program = `handle(); await Promise.all([raise('SIGINT'), raise('SIGTERM')]);`;
    const { end, output } = await run(program);
    expect(end).toBe(0);
    expect(output).toMatch(/^stop SIG(INT|TERM);$/);
  });

  it('are ignored when they have no meaning', async () => {
    expect(await run(`handle(); await raise('SIGUSR1'); await raise('SIGALRM');`)).toEqual({
      end: 0,
      output: 'ignored SIGUSR1;ignored SIGALRM;',
    });
  });

  it('do not stop it with SIGHUP when no terminal was closed', async () => {
    expect(await run(`handle(); await raise('SIGHUP');`)).toEqual({ end: 0, output: 'hangUp;' });
  });
});

describe('releaseSignals', () => {
  it('raises the signal again that was caught before', async () => {
    const program = `await raise('SIGTERM'); tested.releaseSignals(); await new Promise(() => {});`;
    expect(await run(program)).toEqual({ end: 'SIGTERM', output: '' });
  });

  it('lets the next signal end the process', async () => {
    const program = `tested.releaseSignals(); process.kill(process.pid, 'SIGUSR2'); await new Promise(() => {});`;
    expect(await run(program)).toEqual({ end: 'SIGUSR2', output: '' });
  });
});
