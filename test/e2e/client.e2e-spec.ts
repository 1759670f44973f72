import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  channelUrl,
  EMPTY,
  reduce,
  watch,
  type ProgressMessage,
  type ProgressStream,
  type StreamState,
  type WatchOptions,
} from '../../client/client.js';
import { CuttingProxy } from '../client/cutting-proxy.js';
import { drain, play, tasks } from '../client/play.js';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';

let monitor: Monitor;
let broker: FakeBroker;

beforeAll(async () => {
  monitor = await startMonitor();
  broker = await FakeBroker.connect(monitor.endpoint);
});

afterAll(async () => {
  broker.close();
  await monitor.close();
});

function open(id: string, options: WatchOptions = {}, base = monitor.http): ProgressStream {
  return watch(channelUrl(base, id), { WebSocket, transport: 'websocket', random: () => 0, ...options });
}

function reached(stream: ProgressStream, state: StreamState): Promise<void> {
  return new Promise((resolve) => {
    if (stream.state === state) resolve();
    stream.addEventListener('state', ({ detail }) => detail === state && resolve());
  });
}

function nth(stream: ProgressStream, count: number): Promise<ProgressMessage> {
  return new Promise((resolve) => {
    stream.addEventListener('message', ({ detail }) => --count === 0 && resolve(detail));
  });
}

describe('against a running monitor', () => {
  it('a stream is the whole channel, and ends with it', async () => {
    const id = 'a/b ü';
    const stream = open(id);
    await reached(stream, 'live');
    await play(broker, id, 1, 5);
    await broker.send(id, 'FINISHED');
    const expected = { seen: [...tasks(1, 5), 'FINISHED'], end: { reason: 'finished' } };
    expect(await drain(stream)).toEqual(expected);
    expect(await drain(open(id))).toEqual(expected);
  });

  it('the reduced messages are the summary', async () => {
    await broker.send('sum', 'STARTED');
    await play(broker, 'sum', 1, 3);
    await broker.send('sum', 'FINISHED');
    let summary = EMPTY;
    for await (const item of open('sum')) summary = reduce(summary, item);
    expect(summary).toMatchObject({ state: 'finished', tasks: { completed: 3 }, messages: 5 });
  });

  it('a stream goes on behind a given message', async () => {
    const first = open('after');
    const second = nth(first, 2);
    await play(broker, 'after', 1, 4);
    await broker.send('after', 'FINISHED');
    const after = (await second).id;
    expect((await drain(open('after', { after }))).seen).toEqual([...tasks(3, 4), 'FINISHED']);
  });

  it('a channel that is unknown to the server starts with a reset', async () => {
    await play(broker, 'reset', 1, 2);
    await broker.send('reset', 'FINISHED');
    expect((await drain(open('reset', { after: 'before-7' }))).seen).toEqual(['epoch', '1', '2', 'FINISHED']);
  });

  it('an ill-formed id is refused', async () => {
    const stream = watch(`${monitor.http}/channels/%ff`, { WebSocket });
    expect(await drain(stream)).toEqual({ seen: [], end: { reason: 'refused', detail: '1008 channel id' } });
  });

  it('closing tells the server', async () => {
    const controller = new AbortController();
    const stream = open('closed', { signal: controller.signal });
    await reached(stream, 'live');
    controller.abort();
    expect(await drain(stream)).toEqual({ seen: [], end: { reason: 'closed' } });
  });
});

it('survives a restart of the monitor, and says that the log began anew', async () => {
  const first = await startMonitor();
  const proxy = await CuttingProxy.start(first.http);
  const sender = await FakeBroker.connect(first.endpoint);
  const stream = open('j', {}, proxy.http);
  const states: StreamState[] = [];
  stream.addEventListener('state', ({ detail }) => states.push(detail));
  const two = nth(stream, 2);
  const all = drain(stream);
  for (const task of ['1', '2']) await sender.send('j', 'TASK', task, 'COMPLETED');
  await two;
  await first.close();
  sender.close();
  const second = await startMonitor();
  const successor = await FakeBroker.connect(second.endpoint);
  proxy.target = Number(new URL(second.http).port);
  await successor.send('j', 'STARTED');
  await successor.send('j', 'FINISHED');
  expect(await all).toEqual({
    seen: ['1', '2', 'epoch', 'STARTED', 'FINISHED'],
    end: { reason: 'finished' },
  });
  expect(states.slice(0, 4)).toEqual(['connecting', 'live', 'waiting', 'connecting']);
  expect(states.slice(-2)).toEqual(['live', 'ended']);
  successor.close();
  proxy.close();
  await second.close();
});
