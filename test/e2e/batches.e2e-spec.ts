import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { StreamItem, TestClient } from '../fixtures/test-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const V1 = 'recodex.v1';
const V2 = 'recodex.v2';
const LARGEST_FRAME = 64 * 1024;

const running = setUpMonitor({ heartbeat: { interval: 0.1 }, limits: { message_bytes: 300_000 } });

describe('recodex.v2', () => {
  it.each([
    [[V2, V1], V2],
    [[V1, V2], V2],
    [['token.secret', V2], V2],
    [[V1], V1],
  ])('is selected when the client offers it: %j gives %s', async (offered, chosen) => {
    const client = await connect(`/channels/${running.freshId()}`, offered).opened();
    expect(client.socket.protocol).toBe(chosen);
  });

  it('sends a long log in few frames of at most 64 KiB, each an array of items', async () => {
    const id = await played(5000);
    const client = connect(`/channels/${id}`, [V2]);
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
    expect(sequence(client)).toEqual(upTo(5001));
    expect(client.frames.length).toBeLessThan(30);
    expect(Math.max(...client.frames.map((frame) => frame.length))).toBeLessThanOrEqual(LARGEST_FRAME);
  });

  it('sends the items of recodex.v1, byte for byte', async () => {
    const id = await played(40, 'ž"\\\n\u{1F600}],[');
    const [plain, batched] = [connect(`/channels/${id}`, [V1]), connect(`/channels/${id}`, [V2])];
    await Promise.all([plain.closed, batched.closed]);
    expect(batched.frames.map((frame) => frame.slice(1, -1)).join()).toBe(plain.frames.join());
  });

  it('sends live messages without delay', async () => {
    const id = running.freshId();
    const client = await connect(`/channels/${id}`, [V2]).opened();
    for (let task = 1; task <= 3; task++) {
      await running.broker.send(id, 'TASK', String(task), 'COMPLETED');
      await vi.waitFor(() => expect(items(client).at(-1)?.task_id).toBe(String(task)));
    }
    expect(sequence(client)).toEqual(upTo(3));
  });

  it.each([LARGEST_FRAME - 200, LARGEST_FRAME - 100, LARGEST_FRAME, 200_000])(
    'sends a message of about %i bytes in a separate frame when the frame would exceed 64 KiB',
    async (length) => {
      const id = running.freshId();
      for (const name of ['a', 'x'.repeat(length), 'b'])
        await running.broker.send(id, 'TASK', name, 'COMPLETED');
      await running.broker.send(id, 'FINISHED');
      await running.untilSummary(id, { messages: 4 });
      const client = connect(`/channels/${id}`, [V2]);
      await client.closed;
      expect(sequence(client)).toEqual(upTo(4));
      for (const frame of client.frames)
        if (frame.length > LARGEST_FRAME) expect(JSON.parse(frame)).toHaveLength(1);
    },
  );

  it('resumes in the middle of a frame, and sends a reset as an item', async () => {
    const id = await played(1000);
    const first = connect(`/channels/${id}`, [V2]);
    await first.closed;
    const after = items(first)[499]!.id!;
    const resumed = connect(`/channels/${id}?after=${after}`, [V2]);
    await resumed.closed;
    expect(sequence(resumed)).toEqual(upTo(1001).slice(500));

    const lost = connect(`/channels/${id}?after=other-1`, [V2]);
    await lost.closed;
    expect(items(lost)[0]).toEqual({ reset: 'epoch' });
    expect(sequence(lost)).toEqual(upTo(1001));
  });
});

describe('the heartbeat of recodex.v2', () => {
  it('is an empty array after an interval without a message, in addition to the pings', async () => {
    const client = connect(`/channels/${running.freshId()}`, [V2]);
    await once(client.socket, 'ping');
    expect(await client.received(3)).toEqual(['[]', '[]', '[]']);
  });

  it('is not sent after an interval with a message', async () => {
    const id = running.freshId();
    const client = connect(`/channels/${id}`, [V2]);
    await client.received(1);
    let pings = 0;
    client.socket.on('ping', () => {
      pings++;
      void running.broker.send(id, 'TASK', String(pings), 'COMPLETED');
    });
    await vi.waitFor(() => expect(sequence(client).length).toBeGreaterThan(4), 10_000);
    const empty = client.frames.filter((frame) => frame === '[]').length;
    // The message sent at a ping comes before the next ping, unless the machine is busy.
    expect(empty).toBeLessThan(pings);
  });

  it.each([
    ['v1', `/channels/quiet`, [V1], undefined],
    ['no sub-protocol', `/channels/quiet`, [], undefined],
    ['a legacy client that offers v2', '/', [V2], 'quiet'],
    ['a legacy client that offers both', '/any/path', [V2, V1], 'quiet'],
  ])('is never sent with %s', async (_, path, protocols, firstMessage) => {
    const client = connect(path, protocols, firstMessage);
    for (let pings = 0; pings < 3; pings++) await once(client.socket, 'ping');
    expect(client.frames).toEqual([]);
  });
});

describe('a legacy client that offers recodex.v2', () => {
  it('gets the same bytes as from the original', async () => {
    const id = running.freshId();
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await running.broker.send(id, 'FINISHED');
    const client = connect('/', [V2, V1], id);
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.socket.protocol).toBe(V1);
    expect(client.frames).toEqual([
      '{"command": "TASK", "task_id": "compile", "task_state": "COMPLETED"}',
      '{"command": "FINISHED"}',
    ]);
  });
});

function connect(path: string, protocols: string[], firstMessage?: string): TestClient {
  return running.connect(path, {
    protocols,
    ...(firstMessage !== undefined && { firstMessage }),
  });
}

function items(client: TestClient): StreamItem[] {
  return client.frames.flatMap((frame) => JSON.parse(frame) as StreamItem[]);
}

/** The sequence numbers of all received messages, in order. */
function sequence(client: TestClient): number[] {
  return items(client).flatMap(({ id }) => (id === undefined ? [] : [Number(id.split('-')[1])]));
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

/** Plays a finished job with a number of tasks. Resolves when the monitor has all messages. */
async function played(tasks: number, name = 'task'): Promise<string> {
  const id = running.freshId();
  for (let task = 1; task <= tasks; task++)
    await running.broker.send(id, 'TASK', `${name} ${task}`, 'COMPLETED');
  await running.broker.send(id, 'FINISHED');
  await running.untilSummary(id, { messages: tasks + 1 });
  return id;
}
