import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { JournalFiles } from '../../src/journal/journal-files.js';
import { useJournaledDaemons, type JournaledDaemon } from '../fixtures/journaled-daemon.js';
import { ResumingClient } from '../fixtures/resuming-client.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { PacingBroker } from '../restart/pacing-broker.js';

/** Messages per second: the broker of a stopping monitor keeps at least 501 messages. */
const RATE = 100;

const TIMEOUT = 120_000;

const directory = useTemporaryDirectory();
const create = useJournaledDaemons();
const open: { close(): void }[] = [];

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

it(
  'restarts under load lose nothing that was received, and reset no client',
  { timeout: TIMEOUT },
  async () => {
    const daemon = await (await create(directory.file('journal'))).start();
    const clients = watchAll(daemon);
    const broker = await pacingBroker(daemon);
    for (let restart = 0; restart < 3; restart++) {
      await received(clients, broker.sent + 30);
      await daemon.stop();
      await daemon.start();
    }
    await received(clients, broker.sent + 30);
    await broker.stop();
    const { messages, position, partial } = await untilQuiet(daemon);
    expect(position.split('-')[1]).toBe(`${messages}`);
    expect(partial).toBe(true);
    const reference = await replay(daemon, messages);
    for (const { name, tasks, resets } of await settled(clients, messages)) {
      expect(resets, name).toBe(0);
      expect(tasks, name).toEqual(reference);
    }
    // A message on the wire is lost when the link ends: at most a few of all that were sent.
    expect(broker.sent - messages).toBeLessThanOrEqual(3 * 3);
  },
);

it('after kill -9 every client continues with the messages that remain', { timeout: TIMEOUT }, async () => {
  const daemon = await (await create(directory.file('journal'))).start();
  const clients = watchAll(daemon);
  const broker = await pacingBroker(daemon);
  for (let kill = 0; kill < 3; kill++) {
    await received(clients, broker.sent + 30);
    await daemon.kill();
    await daemon.start();
  }
  await received(clients, broker.sent + 30);
  await broker.stop();
  const { messages } = await untilQuiet(daemon);
  const reference = await replay(daemon, messages);
  // A client keeps its messages, or it is told to drop them. In no case does it keep a wrong one.
  for (const { name, tasks } of await settled(clients, messages)) expect(tasks, name).toEqual(reference);
});

it('after kill -9 without load, no client loses or repeats anything', { timeout: TIMEOUT }, async () => {
  const daemon = await (await create(directory.file('journal'))).start();
  const clients = watchAll(daemon);
  await daemon.play(
    'job',
    Array.from({ length: 20 }, () => 'STARTED'),
  );
  await daemon.untilJournal('writing');
  const before = (await daemon.summary('job'))!;
  await untilDiskHas(20);
  await daemon.kill();
  await daemon.start();
  const after = (await daemon.summary('job'))!;
  expect(after).toMatchObject({ messages: 20, partial: true, state: 'running' });
  expect(after.position.split('-')[0]).not.toBe(before.position.split('-')[0]);
  await daemon.play('job', ['ENDED'], 21);
  await vi.waitFor(() => {
    for (const { name, continues } of clients.slice(0, 3)) expect(continues, name).toBe(1);
  }, TIMEOUT);
  for (const { name, resets } of clients) expect(resets, name).toBe(0);
});

it('a finished channel expires as if there was no restart', { timeout: TIMEOUT }, async () => {
  const seconds = 8;
  const env = { RECODEX_MONITOR_RETENTION_FINISHED: `${seconds}` };
  const daemon = await (await create(directory.file('journal'), env)).start();
  const finished = Date.now();
  await daemon.play('job', ['STARTED', 'FINISHED']);
  await daemon.stop();
  // The monitor is away for half of the time.
  await wait(Math.max(0, finished + (seconds / 2) * 1000 - Date.now()));
  await daemon.start();
  expect(await daemon.summary('job')).toMatchObject({ state: 'finished', partial: false });
  await vi.waitFor(async () => expect(await daemon.summary('job')).toBeUndefined(), {
    timeout: TIMEOUT,
    interval: 50,
  });
  const age = (Date.now() - finished) / 1000;
  expect(age).toBeGreaterThanOrEqual(seconds - 0.1);
  expect(age).toBeLessThan(seconds + seconds / 2 - 0.5);
});

function watchAll({ publicUrl }: JournaledDaemon): ResumingClient[] {
  const clients = ResumingClient.ofEachKind(publicUrl, 'job');
  open.push(...clients);
  return clients;
}

async function pacingBroker({ ports }: JournaledDaemon): Promise<PacingBroker> {
  const broker = new PacingBroker();
  open.push(broker);
  await broker.connect(`tcp://127.0.0.1:${ports.zeromq}`);
  broker.start('job', RATE);
  return broker;
}

/** Resolves when every client has received the task `number` or a later one. */
async function received(clients: readonly ResumingClient[], number: number): Promise<void> {
  await vi.waitFor(
    () => {
      for (const { name, tasks } of clients)
        expect(Number(tasks.at(-1) ?? -1), name).toBeGreaterThanOrEqual(number);
    },
    { timeout: TIMEOUT, interval: 20 },
  );
}

/** Resolves when every client has this number of messages. */
async function settled(clients: ResumingClient[], messages: number): Promise<ResumingClient[]> {
  await vi.waitFor(
    () => {
      for (const { name, tasks } of clients) expect(tasks.length, name).toBe(messages);
    },
    { timeout: TIMEOUT, interval: 20 },
  );
  return clients;
}

/** The summary when no message follows. */
async function untilQuiet(daemon: JournaledDaemon) {
  for (;;) {
    const { messages } = (await daemon.summary('job'))!;
    await wait(200);
    const summary = (await daemon.summary('job'))!;
    if (summary.messages === messages) return summary;
  }
}

/** What a new client gets. */
async function replay(daemon: JournaledDaemon, messages: number): Promise<string[]> {
  const [client] = watchAll(daemon);
  await settled([client!], messages);
  return client!.tasks;
}

/** Resolves when the file of the journal has this number of messages. */
async function untilDiskHas(messages: number): Promise<void> {
  await vi.waitFor(() => {
    const files = JournalFiles.open(directory.file('journal'));
    try {
      expect(files.facts().logs[0]?.messages).toBe(messages);
    } finally {
      files.close();
    }
  }, TIMEOUT);
}
