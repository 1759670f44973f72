import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentedCommands } from '../docs/documented-commands.js';
import { addBuild, changedFiles, copyRepository } from './repository-copy.js';
import { Terminal } from './terminal.js';

/** The programs that run for long, and what a terminal shows when one works: it has accepted its options. */
const PROGRAMS = {
  /** The figures of the first run, or the first case of the relay. */
  'npm run bench': /^1\/\d \w.*/m,
  /** The first action or fault. */
  'npm run chaos': /^.*\w \.\.\.\r$/m,
  'npm run chaos:relay': /^.*\w \.\.\.\r$/m,
  /** The first target. */
  'npm run fuzz': /^.*\w \.\.\.\r$/m,
  /** The first seed. Ctrl-C waits for it. */
  'npm run simulate:faults': /from the seed \d+ on/,
  /** The first file. */
  'npm run test:watch': /✓ .*\.spec\.tsx?/,
};
/** Milliseconds in which a program ends on a busy machine. */
const END_TIMEOUT = 5000;

let folder: string;
let copy: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-programs-'));
  copy = join(folder, 'copy');
  copyRepository(copy);
  addBuild(copy);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the documented commands', () => {
  // The commands of a program run one after the other, because each builds the program.
  it.concurrent.each(Object.entries(PROGRAMS))(
    '%s ... work, and Ctrl-C ends them at once and leaves nothing',
    async (program, working) => {
      const commands = documentedCommands('npm').filter((command) => `${command} `.startsWith(`${program} `));
      expect(commands).not.toEqual([]);
      for (const command of commands) await worksUntilInterrupted(command, working);
    },
  );

  it('change no file of the repository', () => {
    expect(changedFiles(copy)).toBe('');
  });
});

async function worksUntilInterrupted(command: string, working: RegExp): Promise<void> {
  const place = mkdtempSync(join(folder, 'command-'));
  const temporary = join(place, 'temporary');
  mkdirSync(temporary);
  const terminal = Terminal.start(command.replaceAll(' /tmp/', ` ${place}/`), { cwd: copy, temporary });
  try {
    await terminal.shows(working);
    expect(await terminal.interrupt(), command).toBeLessThan(END_TIMEOUT);
    await vi.waitFor(() => expect(terminal.processes, command).toEqual([]), END_TIMEOUT);
    expect(readdirSync(temporary), command).toEqual([]);
    const logs = / --logs \/tmp\/(\w+)/.exec(command)?.[1];
    if (logs !== undefined) expect(readdirSync(join(place, logs)), command).toContain('ingest 1.log');
  } finally {
    terminal.close();
  }
}
