import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { segmentsIn } from '../../src/journal/segment-names.js';
import { type JournaledDaemon, useJournaledDaemons } from '../fixtures/journaled-daemon.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const TIMEOUT = 120_000;

/** 100 messages of 2 KiB. */
const MANY = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(2000)}`);

const directory = useTemporaryDirectory();
const create = useJournaledDaemons();
const mounts: string[] = [];

afterEach(() => {
  for (const path of mounts.splice(0)) execFileSync('umount', ['--lazy', path]);
});

describe('the relay goes on, and the journal is written again, when', () => {
  it('the disk is full, then has room again', { timeout: TIMEOUT }, async () => {
    // The limit of a file is the limit of the disk: a write takes a part of its bytes, and the next one fails.
    const daemon = await create(folder());
    await daemon.start(['prlimit', '--fsize=100000:unlimited', process.execPath]);
    await daemon.play('before', ['STARTED', 'FINISHED']);
    await daemon.play('job', MANY);
    await daemon.untilJournal('degraded');
    await daemon.play('job', ['ENDED'], 101);
    execFileSync('prlimit', ['--pid', `${daemon.pid}`, '--fsize=unlimited']);
    await daemon.untilJournal('writing');
    await daemon.play('after', ['STARTED']);
    expectSaidOnce(daemon, 'EFBIG');
    await daemon.expectRestored({ before: 2, job: 101, after: 1 });
  });

  it.runIf(process.getuid?.() === 0)(
    'the file system is full, then has room again (needs root)',
    { timeout: TIMEOUT },
    async () => {
      mkdirSync(folder());
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder()]);
      mounts.push(folder());
      const daemon = await (await create(folder())).start();
      await daemon.play('before', ['STARTED']);
      writeFileSync(`${folder()}/filler`, 'x'.repeat(900_000));
      await daemon.play('job', MANY);
      await daemon.untilJournal('degraded');
      await daemon.play('job', ['ENDED'], 101);
      rmSync(`${folder()}/filler`);
      await daemon.untilJournal('writing');
      expectSaidOnce(daemon, 'ENOSPC');
      await daemon.expectRestored({ before: 1, job: 101 });
    },
  );

  it('journal.max_bytes is reached, then channels are gone', { timeout: TIMEOUT }, async () => {
    const env = { RECODEX_MONITOR_JOURNAL_MAX_BYTES: '1048576', RECODEX_MONITOR_RETENTION_FINISHED: '8' };
    const daemon = await (await create(folder(), env)).start();
    const commands = Array.from({ length: 70 }, () => 'x'.repeat(20_000));
    await daemon.play('large', [...commands, 'FINISHED']);
    await daemon.untilJournal('degraded');
    await daemon.play('job', ['STARTED']);
    await daemon.untilJournal('writing');
    const bytes = segmentsIn(folder()).reduce((sum, { path }) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThan(1_048_576);
    expectSaidOnce(daemon, 'journal.max_bytes');
    await daemon.expectRestored({ job: 1 });
  });

  it('the folder is removed', { timeout: TIMEOUT }, async () => {
    const daemon = await (await create(folder())).start();
    await daemon.play('job', ['STARTED']);
    await daemon.untilJournal('writing');
    rmSync(folder(), { recursive: true });
    await daemon.untilJournal('degraded');
    await daemon.play('job', ['ENDED'], 2);
    await daemon.untilJournal('writing');
    expectSaidOnce(daemon, 'the folder or its lock file was removed');
    expect(readdirSync(folder())).toContain('lock');
    await daemon.expectRestored({ job: 2 });
  });

  it('another file is in the place of the folder at the start', { timeout: TIMEOUT }, async () => {
    writeFileSync(folder(), 'not a folder');
    const daemon = await (await create(folder())).start();
    await daemon.untilJournal('degraded');
    await daemon.play('job', ['STARTED']);
    rmSync(folder());
    await daemon.untilJournal('writing');
    expectSaidOnce(daemon, 'EEXIST');
    await daemon.expectRestored({ job: 1 });
  });

  it.runIf(process.getuid?.() === 0)(
    'the folder is read-only at the start (needs root)',
    { timeout: TIMEOUT },
    async () => {
      mkdirSync(folder());
      const daemon = await (await create(folder())).start();
      await daemon.play('old', ['STARTED', 'ENDED']);
      await daemon.untilJournal('writing');
      const { position } = (await daemon.summary('old'))!;
      await daemon.stop();
      execFileSync('mount', ['--bind', folder(), folder()]);
      mounts.push(folder());
      execFileSync('mount', ['-o', 'remount,ro,bind', folder()]);
      await daemon.start();
      await daemon.untilJournal('degraded');
      // The mark of a graceful end stays on the disk. So this process must not give the numbers after it.
      const restored = (await daemon.summary('old'))!;
      expect(restored.messages).toBe(2);
      expect(restored.position).not.toBe(position);
      await daemon.play('new', ['STARTED']);
      execFileSync('mount', ['-o', 'remount,rw,bind', folder()]);
      await daemon.untilJournal('writing');
      expectSaidOnce(daemon, 'EROFS');
      await daemon.expectRestored({ old: 2, new: 1 });
    },
  );

  it('the thread that writes it ends', { timeout: TIMEOUT }, async () => {
    const planted = `import { Worker } from 'node:worker_threads';
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (command, list) {
        if (command?.kind === 'open') process.once('SIGWINCH', () => void this.terminate());
        return postMessage.call(this, command, list);
      };`;
    const daemon = await create(folder());
    const preload = `data:text/javascript,${encodeURIComponent(planted)}`;
    await daemon.start([process.execPath, '--import', preload]);
    await daemon.play('job', ['STARTED']);
    daemon.daemon.child.kill('SIGWINCH');
    await daemon.untilJournal('degraded');
    await daemon.play('job', ['ENDED'], 2);
    await daemon.untilJournal('writing');
    expectSaidOnce(daemon, 'the thread of the journal has ended');
    await daemon.expectRestored({ job: 2 });
  });
});

function folder(): string {
  return directory.file('journal');
}

function expectSaidOnce({ output }: JournaledDaemon, reason: string): void {
  const lines = output.split('\n').filter((line) => line.includes('The journal is not written'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('[ERROR]');
  expect(lines[0]).toContain(reason);
  expect(output.match(/The journal is written again/g)).toHaveLength(1);
}
