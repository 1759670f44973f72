import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY, type ProgressStream, type Summary } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('http://host/channels/j', { transport: 'websocket' });
let stream: ProgressStream;
let changes: Summary[];

beforeEach(async () => {
  changes = [];
  stream = await fake.open();
  stream.addEventListener('change', ({ detail }) => changes.push(detail));
});

describe('the summary of a stream', () => {
  it('is empty before the first item', () => {
    expect(stream.summary).toBe(EMPTY);
  });

  it('includes an item when its listeners are called', () => {
    let completed: number | undefined;
    stream.addEventListener('message', () => (completed = stream.summary.tasks.completed));
    FakeSocket.last.open().receive(message(1));
    expect(completed).toBe(1);
  });

  it('starts over with a reset, and is partial after a continuation', async () => {
    const socket = FakeSocket.last.open('recodex.v2');
    socket.receive(`[${message(1)},{"continues":"a-1","epoch":"b"}]`);
    expect(stream.summary).toMatchObject({ messages: 1, partial: true });
    socket.receive('[{"reset":"epoch"}]');
    expect(stream.summary).toBe(EMPTY);
    await advance(0);
    expect(changes.map(({ messages }) => messages)).toEqual([0]);
  });

  it('goes on from the summary that is given, without being partial', async () => {
    const summary: Summary = { ...EMPTY, state: 'running', messages: 1, started_at: 'then' };
    const resumed = await fake.open({ after: 'a-1', summary });
    FakeSocket.last.open().receive(message(2));
    expect(resumed.summary).toMatchObject({ messages: 2, partial: false, started_at: 'then' });
  });
});

describe('the event change', () => {
  it('comes once for all items of a frame', async () => {
    const socket = FakeSocket.last.open('recodex.v2');
    socket.receive(`[${message(1)},${message(2)}]`);
    expect(changes).toEqual([]);
    await advance(0);
    expect(changes).toEqual([stream.summary]);
    socket.receive(`[${message(3)}]`);
    await advance(0);
    expect(changes.map(({ messages }) => messages)).toEqual([2, 3]);
  });

  it('does not come without an item', async () => {
    FakeSocket.last.open('recodex.v2').receive('[]').end(1006);
    await advance(60_000);
    expect(changes).toEqual([]);
  });

  it('comes before the end, and not after it', async () => {
    const order: string[] = [];
    for (const type of ['change', 'state', 'end'] as const)
      stream.addEventListener(type, () => order.push(type));
    FakeSocket.last
      .open('recodex.v2')
      .receive(`[${message(1)}]`)
      .end(1000);
    await advance(0);
    expect(order).toEqual(['state', 'change', 'state', 'end']);
  });

  it('does not come after a listener has closed the stream', async () => {
    stream.addEventListener('message', () => {
      stream.close();
      changes = [];
    });
    FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`);
    await advance(0);
    expect(changes).toEqual([]);
  });

  it('keeps no items for a loop that may never start', async () => {
    FakeSocket.last.open().receive(message(1)).end(1000);
    const seen: unknown[] = [];
    for await (const item of stream) seen.push(item);
    expect(seen).toEqual([]);
  });
});
