import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { segmentsIn } from '../../src/journal/segment-names.js';
import { useJournaledDaemons } from '../fixtures/journaled-daemon.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const TIMEOUT = 60_000;

/** 100 messages of 2 KiB. */
const MANY = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(2000)}`);

const directory = useTemporaryDirectory();
const create = useJournaledDaemons();

describe('the start with a journal', () => {
  it('leaves other files in the folder alone', { timeout: TIMEOUT }, async () => {
    mkdirSync(folder());
    for (const name of ['notes.txt', 'journal-1', 'journal.bak']) writeFileSync(`${folder()}/${name}`, name);
    const daemon = await (await create(folder())).start();
    await daemon.play('job', ['STARTED']);
    await daemon.expectRestored({ job: 1 });
    for (const name of ['notes.txt', 'journal-1', 'journal.bak'])
      expect(readFileSync(`${folder()}/${name}`, 'utf8')).toBe(name);
  });

  it('uses the part before the damage, and keeps the file', { timeout: TIMEOUT }, async () => {
    const daemon = await (await create(folder())).start();
    await daemon.play('good', ['STARTED']);
    await daemon.untilJournal('writing');
    await daemon.play('bad', MANY);
    await daemon.stop();
    const { path } = segmentsIn(folder()).at(-1)!;
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    await daemon.start();
    expect(daemon.output).toMatch(
      /\[ERROR\].*A file of the journal is damaged.*file=\S+journal-\d+ used=\d+/,
    );
    expect(await daemon.summary('good')).toMatchObject({ messages: 1, partial: true });
    await daemon.untilJournal('writing');
    expect(existsSync(`${path}.damaged`)).toBe(true);
    await daemon.expectRestored({ good: 1 });
  });

  it('is refused while another monitor uses the folder', { timeout: TIMEOUT }, async () => {
    const first = await (await create(folder())).start();
    const second = await create(folder());
    const { code } = await second.launch().exit;
    expect(code).toBe(1);
    expect(second.output).toContain(`journal.path: process ${first.pid} uses this journal: stop it, or set`);
    await first.play('job', ['STARTED']);
    await first.expectRestored({ job: 1 });
  });

  it('is refused when a newer version has written the journal', { timeout: TIMEOUT }, async () => {
    const daemon = await (await create(folder())).start();
    await daemon.play('job', ['STARTED']);
    await daemon.stop();
    const { path } = segmentsIn(folder()).at(-1)!;
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(2, 16);
    writeFileSync(path, bytes);
    const { code } = await daemon.launch().exit;
    expect(code).toBe(1);
    expect(daemon.output).toContain(`journal.path: ${path} has version 2 of the journal format`);
    expect(daemon.output).toContain('start the newer monitor, or move the file away');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(folder())).not.toContain('lock');
  });
});

function folder(): string {
  return directory.file('journal');
}
