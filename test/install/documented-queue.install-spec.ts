import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { documentBlocks, nameOf } from '../docs/document-block.js';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { RedisServer } from '../fixtures/redis/redis-server.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const BLOCK = "docs/publishing.md js: import { QueueEvents } from 'bullmq';";

/** Waits until the documented module reads events, then runs one job, which reports a step. */
const WORKER = `
import { Queue, Worker } from 'bullmq';
const queue = new Queue('build', { connection });
while (!/cmd=xread/.test(await connection.client('LIST'))) await new Promise((resolve) => setTimeout(resolve, 20));
await queue.add('compile', {}, { jobId: 'one' });
const step = { task_id: 'compile', task_state: 'COMPLETED' };
new Worker('build', async (job) => { await job.updateProgress(step); }, { connection });
`;

const directory = useTemporaryDirectory();
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

it('the documented module publishes the job of a queue of BullMQ', async () => {
  const redis = await RedisServer.start();
  closers.push(() => redis.remove());
  const ports = await freePorts();
  const daemon = await BuiltDaemon.start(ports).untilReady();
  closers.push(() => daemon.stop());
  writeFileSync(directory.file('package.json'), '{ "type": "module", "private": true }');
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', 'bullmq', 'ioredis'], {
    cwd: directory.path,
  });
  copyFileSync('docs/examples/publishing/bullmq-progress.mjs', directory.file('bullmq-progress.mjs'));
  const { code } = documentBlocks('docs/publishing.md').find((block) => nameOf(block) === BLOCK)!;
  const monitor = `monitor: 'http://127.0.0.1:${ports.admin}'`;
  const script = code.replace("queue: 'build'", `queue: 'build', ${monitor}`);
  writeFileSync(
    directory.file('documented.js'),
    `import { Redis } from 'ioredis';\nconst connection = new Redis(${redis.port}, { maxRetriesPerRequest: null });\n${script}\n${WORKER}`,
  );
  const child = spawn(process.execPath, ['documented.js'], { cwd: directory.path, stdio: 'inherit' });
  const ended = once(child, 'close');
  closers.push(() => (child.kill(), ended));

  const summary = async (): Promise<unknown> =>
    (
      await fetch(`http://127.0.0.1:${ports.websocket}/channels/build-one`, {
        headers: { Accept: 'application/json' },
      })
    ).json();
  await expect.poll(summary, { timeout: 30_000 }).toMatchObject({
    state: 'finished',
    partial: false,
    tasks: { completed: 1 },
  });
});
