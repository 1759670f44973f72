import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { segmentsIn } from '../../src/journal/segment-names.js';
import { useDaemons } from '../fixtures/daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { TestClient } from '../fixtures/test-client.js';
import { WebSocket } from 'ws';
import type { Run } from '../fixtures/run-main.js';

const runs = useDaemons();

let broker: FakeBroker;
let daemon: Run;
let ws: string;

// Two channels, after a graceful stop of their monitor and the start of another one.
beforeEach(async () => {
  for (const messages of [['DOWNLOADED', 'STARTED'], []]) {
    const started = await runs.startDaemon({ RECODEX_MONITOR_JOURNAL_PATH: folder() });
    ({ daemon, ws } = started);
    broker = await FakeBroker.connect(started.zeromq);
    for (const command of messages) await broker.send('running job', command);
    if (messages.length > 0) await broker.send('done', 'STARTED');
    if (messages.length > 0) await broker.send('done', 'FINISHED');
    if (messages.length === 0) break;
    await items('done', 2);
    broker.close();
    daemon.child.kill('SIGTERM');
    expect(await daemon.exit).toBe(0);
  }
});
afterEach(() => broker.close());

describe('the command journal', () => {
  it('inspect lists the channels and files of a journal in use', async () => {
    const { code, out, err } = await journal('inspect', folder());
    expect(err).toBe(`note: process ${daemon.child.pid} uses this journal and may write to it now\n`);
    expect(out).toMatch(/^CHANNEL +EPOCH +FIRST +LAST +MESSAGES +BYTES +STATE +AGE\n/);
    expect(out).toMatch(/^running job +\w{12} +1 +2 +2 +\d+ +running +\d+ s$/m);
    expect(out).toMatch(/^done +\w{12} +1 +2 +2 +\d+ +finished +\d+ s$/m);
    expect(out).toMatch(/^journal-00000002 +\d+ +every channel$/m);
    expect(out).toMatch(/\n2 channels, 4 messages, \d+ bytes on disk\n$/);
    expect(code).toBe(0);
  });

  it('inspect --json prints the same as NDJSON', async () => {
    const { out } = await journal('inspect', '--json', folder());
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual(
      expect.objectContaining({ channel: 'running job', first: 1, last: 2, messages: 2, state: 'running' }),
    );
    expect(lines[2]).toMatchObject({
      file: 'journal-00000002',
      state: 'good',
      complete: true,
      closed: false,
    });
  });

  it('export prints the messages as a stream has them, with the channel', async () => {
    const { out, code } = await journal('export', '--channel', 'running job', folder());
    const streamed = await items('running job', 2);
    expect(out).toBe(streamed.map((item) => `{"channel":"running job",${item.slice(1)}\n`).join(''));
    expect(code).toBe(0);
    const all = await journal('export', folder());
    expect(all.out.split('\n')).toHaveLength(5);
  });

  it('export of an unknown channel fails', async () => {
    const { code, err } = await journal('export', '--channel', 'nobody', folder());
    expect(err).toContain('The journal has no messages of the channel "nobody"');
    expect(code).toBe(1);
  });

  it('export to a reader that leaves early ends quietly', async () => {
    const run = runs.start(['journal', 'export', folder()]);
    run.child.stdout!.destroy();
    expect([0, 141]).toContain(await run.exit);
  });

  it('verify accepts a good journal, also while it is written', async () => {
    const { code, out } = await journal('verify', folder());
    expect(out).toMatch(/journal-00000002: \d+ bytes, every channel\n$/);
    expect(code).toBe(0);
  });

  it('verify tells an incomplete last write from damage', async () => {
    daemon.child.kill('SIGKILL');
    await daemon.exit;
    const { path } = segmentsIn(folder()).at(-1)!;
    const bytes = readFileSync(path);
    truncateSync(path, bytes.length - 1);
    const torn = await journal('verify', folder());
    expect(torn.out).toContain('the last write is incomplete');
    expect(torn.code).toBe(0);
    // Behind the header, so that the damage is in the middle of the file.
    bytes[40]! ^= 1;
    writeFileSync(path, bytes);
    const damaged = await journal('verify', folder());
    expect(damaged.out).toContain(`${path}: ${bytes.length} bytes, some channels, DAMAGED at offset 20`);
    expect(damaged.code).toBe(1);
    expect(damaged.err).toBe('');
    writeFileSync(path, 'something else');
    expect(await journal('verify', folder())).toMatchObject({
      code: 1,
      out: `${path}: 14 bytes, NOT A JOURNAL (offset 0)\n`,
    });
  });

  it('says what to do when there is no journal, or a newer one', async () => {
    const missing = await journal('inspect', runs.directory.file('nowhere'));
    expect(missing).toMatchObject({ code: 1, out: '' });
    expect(missing.err).toContain("The journal can't be read: ENOENT");
    const empty = await journal('inspect', runs.directory.path);
    expect(empty.err).toContain(`There is no journal in ${runs.directory.path}`);
    expect(empty.err).toContain('Give the folder that journal.path names');
    expect(empty.code).toBe(1);
    const { path } = segmentsIn(folder()).at(-1)!;
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(2, 16);
    writeFileSync(path, bytes);
    for (const command of ['inspect', 'export', 'verify']) {
      const { code, err } = await journal(command, folder());
      expect(err).toContain('has version 2 of the journal format');
      expect(code).toBe(1);
    }
  });

  it('is explained', async () => {
    expect(await journal('inspect')).toMatchObject({ code: 64 });
    expect(await journal('inspekt', folder())).toMatchObject({ code: 64 });
    const help = await journal('--help');
    expect(help).toMatchObject({ code: 0 });
    expect(help.out).toContain('Exit codes:');
    const bare = await journal();
    expect(bare.code).toBe(64);
    expect(bare.err).toContain('Usage: recodex-monitor journal');
  });
});

function folder(): string {
  return runs.directory.file('journal');
}

async function journal(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const run = runs.start(['journal', ...args]);
  const code = await run.exit;
  return { code, out: run.out, err: run.err };
}

/** The first items of the stream of a channel. */
async function items(channel: string, count: number): Promise<string[]> {
  const client = new TestClient(`${ws}/channels/${encodeURIComponent(channel)}`);
  const frames = await client.received(count);
  if (client.socket.readyState === WebSocket.OPEN) client.socket.terminate();
  return frames;
}
