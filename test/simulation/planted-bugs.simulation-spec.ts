import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The largest number of seeds that a bug may need. */
const SEEDS = 3000;

interface PlantedBug {
  readonly name: string;
}

const bugs = JSON.parse(
  readFileSync(new URL('planted-bugs.json', import.meta.url), 'utf8'),
) as readonly PlantedBug[];

describe('the simulation finds this bug:', () => {
  it.concurrent.each(bugs.map(({ name }, index) => ({ name, index })))(
    '$name',
    { timeout: 300_000 },
    async ({ index }) => {
      await run('test/simulation/bundle.mjs', String(index));
      const output = await run(
        `dist/simulation/bug-${index}.js`,
        '--seed',
        '1',
        '--seeds',
        `${SEEDS}`,
        '--brief',
        '--once',
      );
      expect(output).toMatch(/^Seed \d+ fails, as number \d+: .+/);
      process.stdout.write(output);
    },
  );
});

/** Runs a program to its end, which may be a failure. Returns its output. */
async function run(file: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { cwd: ROOT });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}
