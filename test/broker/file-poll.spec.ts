import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FilePoll } from '../../src/broker/file-poll.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
let path: string;
let poll: FilePoll;
let changes: number;

/** Lets the poll look once. Resolves when the number of changes is as expected. */
async function expectChanges(expected: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(2000);
  await vi.waitFor(() => expect(changes).toBe(expected));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  changes = 0;
  path = directory.file('clients');
  writeFileSync(path, 'one');
  poll = new FilePoll(path);
});

afterEach(() => {
  poll.stop();
  vi.useRealTimers();
});

describe('a FilePoll', () => {
  it('notices a change between its creation and its start', async () => {
    writeFileSync(path, 'two, longer');
    poll.start(() => changes++);
    await expectChanges(1);
  });

  it('notices a replaced file, a missing file, and the file that returns', async () => {
    poll.start(() => changes++);
    writeFileSync(directory.file('next'), 'two');
    renameSync(directory.file('next'), path);
    await expectChanges(1);
    rmSync(path);
    await expectChanges(2);
    writeFileSync(path, 'three');
    await expectChanges(3);
  });

  it('notices that a link points to another file', async () => {
    for (const name of ['a', 'b']) writeFileSync(directory.file(name), 'same');
    const link = directory.file('link');
    symlinkSync(directory.file('a'), link);
    const linked = new FilePoll(link);
    linked.start(() => changes++);
    rmSync(link);
    symlinkSync(directory.file('b'), link);
    await expectChanges(1);
    linked.stop();
  });

  it('is silent without a change, and after its stop', async () => {
    poll.start(() => changes++);
    await vi.advanceTimersByTimeAsync(2000);
    await stat(path);
    writeFileSync(path, 'two, longer');
    await expectChanges(1);
    poll.stop();
    writeFileSync(path, 'three, even longer');
    await vi.advanceTimersByTimeAsync(2000);
    await stat(path);
    expect(changes).toBe(1);
  });
});
