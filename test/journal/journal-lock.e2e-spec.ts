import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProgramRunner } from '../fixtures/program-runner.js';

const PROCESSES = 6;
const ROUNDS = 3;

/** Waits until all processes run, acquires the lock, and holds it until all have tried. */
const RACE = `
const { JournalLock } = tested;
const meet = (name) => {
  fs.writeFileSync(folder + '/../' + name + '-' + process.pid, '');
  while (fs.readdirSync(folder + '/..').filter((file) => file.startsWith(name)).length < ${PROCESSES});
};
meet('ready');
try {
  await JournalLock.acquire(folder);
  process.stdout.write('acquired');
} catch (error) {
  process.stdout.write(error.constructor.name);
}
meet('done');
`;

let programs: ProgramRunner;
beforeAll(async () => {
  programs = await ProgramRunner.create('src/journal/journal-lock.ts');
});
afterAll(() => programs.remove());

it('when several processes find the same stale lock, one gets it', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const folder = join(programs.folder, `round-${round}`, 'journal');
    mkdirSync(folder, { recursive: true });
    // The lock of a process whose pid is used by another one now.
    await programs.run(
      `await tested.JournalLock.acquire('${folder}'); process.kill(process.pid, 'SIGKILL');`,
    );
    expect(readdirSync(folder)).toEqual(['lock']);
    const program = `const folder = '${folder}';${RACE}`;
    const results = await Promise.all(Array.from({ length: PROCESSES }, () => programs.run(program)));
    const outputs = results.map(({ output }) => output).toSorted();
    expect(outputs).toEqual([
      ...Array.from({ length: PROCESSES - 1 }, () => 'JournalLockedError'),
      'acquired',
    ]);
    expect(readdirSync(folder)).toEqual(['lock']);
  }
});

it('a lock file that is half written is replaced when its process has ended', async () => {
  const folder = join(programs.folder, 'half');
  mkdirSync(folder);
  writeFileSync(join(folder, 'lock'), '{"pid":1');
  const start = performance.now();
  const { output } = await programs.run(
    `await tested.JournalLock.acquire('${folder}'); process.stdout.write('acquired');`,
  );
  expect(output).toBe('acquired');
  expect(performance.now() - start).toBeGreaterThan(4500);
});
