import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProgramRunner } from '../fixtures/program-runner.js';

const NOW = getPriority();

let runner: ProgramRunner;

beforeAll(async () => {
  runner = await ProgramRunner.create('src/process/priority.ts');
});

afterAll(() => runner.remove());

/** The different niceness values of all threads of a program after `lowerPriority(niceness)`. */
async function niceAfter(niceness: number): Promise<number[]> {
  const { output } = await runner.run(`
    tested.lowerPriority(${niceness});
    const { getPriority } = await import('node:os');
    const threads = process.platform === 'linux' ? fs.readdirSync('/proc/self/task').map(Number) : [process.pid];
    process.stdout.write(JSON.stringify([...new Set(threads.map((id) => getPriority(id)))]));`);
  return JSON.parse(output) as number[];
}

describe.runIf(NOW < 18)('lowerPriority', () => {
  it('sets the niceness of all threads', async () => {
    expect(await niceAfter(NOW + 1)).toEqual([NOW + 1]);
  });

  it('changes nothing for 0', async () => {
    expect(await niceAfter(0)).toEqual([NOW]);
  });
});

it.runIf(NOW >= 0)('lowerPriority never makes the niceness smaller', async () => {
  const program = `
    const os = await import('node:os');
    tested.lowerPriority(19);
    tested.lowerPriority(5);
    process.stdout.write(String(os.getPriority()));`;
  expect((await runner.run(program)).output).toBe('19');
});
