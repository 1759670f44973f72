import { describe, expect, it } from 'vitest';
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
import { CuttingProxy } from '../fixtures/client/cutting-proxy.js';
import { drain, playTasks, taskNames } from '../fixtures/client/play-tasks.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const monitors = useMonitors();

function open(id: string, options: WatchOptions = {}, base = running.monitor.http): ProgressStream {
  return watch(channelUrl(base, id), { WebSocket, transport: 'websocket', random: () => 0, ...options });
}

/** Resolves when the stream is in the state. */
function reached(stream: ProgressStream, state: StreamState): Promise<void> {
  return new Promise((resolve) => {
    if (stream.state === state) resolve();
    stream.addEventListener('state', ({ detail }) => detail === state && resolve());
  });
}

/** Resolves with message number `count` of the stream. */
function nthMessage(stream: ProgressStream, count: number): Promise<ProgressMessage> {
  return new Promise((resolve) => {
    stream.addEventListener('message', ({ detail }) => --count === 0 && resolve(detail));
  });
}

describe('a stream of a running monitor', () => {
  it('contains the whole channel, and ends with it', async () => {
    const id = 'a/b ü';
    const stream = open(id);
    await reached(stream, 'live');
    await playTasks(running.broker, id, 1, 5);
    await running.broker.send(id, 'FINISHED');
    const expected = { seen: [...taskNames(1, 5), 'FINISHED'], end: { reason: 'finished' } };
    expect(await drain(stream)).toEqual(expected);
    expect(await drain(open(id))).toEqual(expected);
  });

  it('can be reduced to the summary', async () => {
    await running.broker.send('sum', 'STARTED');
    await playTasks(running.broker, 'sum', 1, 3);
    await running.broker.send('sum', 'FINISHED');
    let summary = EMPTY;
    for await (const item of open('sum')) summary = reduce(summary, item);
    expect(summary).toMatchObject({ state: 'finished', tasks: { completed: 3 }, messages: 5 });
  });

  it('continues after a given message', async () => {
    const first = open('after');
    const second = nthMessage(first, 2);
    await playTasks(running.broker, 'after', 1, 4);
    await running.broker.send('after', 'FINISHED');
    const after = (await second).id;
    expect((await drain(open('after', { after }))).seen).toEqual([...taskNames(3, 4), 'FINISHED']);
  });

  it('starts with a reset if the server does not know the given message', async () => {
    await playTasks(running.broker, 'reset', 1, 2);
    await running.broker.send('reset', 'FINISHED');
    expect((await drain(open('reset', { after: 'before-7' }))).seen).toEqual(['epoch', '1', '2', 'FINISHED']);
  });

  it('is refused for a malformed id', async () => {
    const stream = watch(`${running.monitor.http}/channels/%ff`, { WebSocket });
    expect(await drain(stream)).toEqual({ seen: [], end: { reason: 'refused', detail: '1008 channel id' } });
  });

  it('ends when its signal is aborted', async () => {
    const controller = new AbortController();
    const stream = open('closed', { signal: controller.signal });
    await reached(stream, 'live');
    controller.abort();
    expect(await drain(stream)).toEqual({ seen: [], end: { reason: 'closed' } });
  });
});

it('a stream survives a restart of the monitor, and contains a reset for the new log', async () => {
  const first = await monitors.start();
  const proxy = await CuttingProxy.start(first.monitor.http);
  const stream = open('j', {}, proxy.http);
  const states: StreamState[] = [];
  stream.addEventListener('state', ({ detail }) => states.push(detail));
  const two = nthMessage(stream, 2);
  const all = drain(stream);
  for (const task of ['1', '2']) await first.broker.send('j', 'TASK', task, 'COMPLETED');
  await two;
  await first.stop();
  const second = await monitors.start();
  proxy.retarget(second.monitor.http);
  await second.broker.send('j', 'STARTED');
  await second.broker.send('j', 'FINISHED');
  expect(await all).toEqual({
    seen: ['1', '2', 'epoch', 'STARTED', 'FINISHED'],
    end: { reason: 'finished' },
  });
  expect(states.slice(0, 4)).toEqual(['connecting', 'live', 'waiting', 'connecting']);
  expect(states.slice(-2)).toEqual(['live', 'ended']);
  proxy.close();
});
