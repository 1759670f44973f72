import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChannelFeed } from '../../src/admin/channel-feed.js';
import { ChannelFilter } from '../../src/admin/channel-filter.js';
import type { StatusSample } from '../../src/admin/status-sample.js';
import { WorkSlices } from '../../src/admin/work-slices.js';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import { createChannelsService, sendTo } from '../fixtures/create-channels-service.js';
import { RecordingResponse } from '../fixtures/recording-response.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

const LAG = 30;

/** Milliseconds in which an update is sent: it comes every 500 ms, and takes some turns of the event loop. */
const UPDATE = 600;

let channels: ChannelsService;
let feed: ChannelFeed;
let sample: (values: Partial<StatusSample>) => void;

beforeEach(() => {
  vi.useFakeTimers();
  channels = createChannelsService();
  const sampler = {
    latest: { time: 0 } as StatusSample,
    onSample: (listener: (values: StatusSample) => void) => {
      sample = (values) => listener(values as StatusSample);
      return () => {};
    },
  };
  feed = new ChannelFeed({ lag: LAG }, channels, sampler, new WorkSlices());
});

afterEach(() => {
  feed.closeAll();
  channels.onApplicationShutdown();
  vi.useRealTimers();
});

describe('the snapshot', () => {
  it('is complete with one event when there are few channels', async () => {
    sendTo(channels, 'a', 'STARTED');
    sendTo(channels, 'b', 'FAILED');
    const client = await open();
    expect(client.channelEvents).toEqual([
      {
        reset: true,
        removed: [],
        channels: [channels.summary('a'), channels.summary('b')],
        matching: 2,
        complete: true,
      },
    ]);
  });

  it('comes in events of at most 500 channels', async () => {
    for (let number = 0; number < 1001; number++) sendTo(channels, `j${number}`, 'STARTED');
    const client = await open();
    expect(client.channelEvents.map(({ reset, complete }) => [reset, complete])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect(client.channelIds.map(({ length }) => length)).toEqual([500, 500, 1]);
    expect(new Set(client.channelIds.flat()).size).toBe(1001);
  });

  it('has the 10,000 channels that changed last', async () => {
    for (let number = 0; number < 21_000; number++) {
      channels.append({ channelId: `j${number}`, command: 'STARTED' });
      if (number % 1000 === 0) vi.advanceTimersByTime(1);
    }
    sendTo(channels, 'j7', 'TASK');
    const client = await open();
    const ids = new Set(client.channelIds.flat());
    expect(ids.size).toBe(10_000);
    expect(ids).toContain('j7');
    expect(ids).toContain('j20999');
    expect(ids).not.toContain('j0');
    expect(client.channelEvents.at(-1)).toMatchObject({ matching: 21_000 });
  });

  it('is empty without channels', async () => {
    const client = await open();
    expect(client.channelEvents).toEqual([
      { reset: true, removed: [], channels: [], matching: 0, complete: true },
    ]);
  });
});

describe('an update', () => {
  it('has the channels that changed, at most twice a second', async () => {
    const client = await openAfterSnapshot();
    for (let turn = 0; turn < 20; turn++) {
      sendTo(channels, 'a', 'TASK');
      sendTo(channels, `b${turn}`, 'STARTED');
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.channelEvents.length).toBeLessThanOrEqual(5);
    expect(client.channelIds[0]!.filter((id) => id === 'a')).toHaveLength(1);
    expect(client.channelEvents.at(-1)).toMatchObject({
      reset: false,
      removed: [],
      matching: 21,
      complete: true,
    });
    expect(new Set(client.channelIds.flat()).size).toBe(21);
  });

  it('does not come when nothing has changed', async () => {
    const client = await openAfterSnapshot();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(client.text).toBe('');
  });

  it('comes when subscribers come and go', async () => {
    sendTo(channels, 'a', 'STARTED');
    const client = await openAfterSnapshot();
    const subscription = channels.subscribe('a', new RecordingSink());
    channels.subscribe('a', new RecordingSink());
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toMatchObject([{ channels: [{ id: 'a', subscribers: 2 }] }]);
    subscription.close();
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents[1]).toMatchObject({ channels: [{ id: 'a', subscribers: 1 }] });
  });

  it('names channels that were removed', async () => {
    sendTo(channels, 'a', 'STARTED');
    sendTo(channels, 'b', 'STARTED');
    const client = await openAfterSnapshot();
    channels.delete('a');
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toEqual([
      { reset: false, removed: ['a'], channels: [], matching: 1, complete: true },
    ]);
  });

  it('does not name channels that the client never had', async () => {
    const client = await openAfterSnapshot();
    sendTo(channels, 'a', 'STARTED');
    channels.delete('a');
    channels.subscribe('b', new RecordingSink()).close();
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toEqual([]);
  });

  it('shows a channel that was removed and came back as changed', async () => {
    sendTo(channels, 'a', 'STARTED');
    const client = await openAfterSnapshot();
    channels.delete('a');
    sendTo(channels, 'a', 'FAILED');
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toMatchObject([{ removed: [], channels: [{ id: 'a', state: 'failed' }] }]);
  });

  it('removes the longest unchanged channels beyond 10,000', async () => {
    for (let number = 0; number < 10_000; number++) sendTo(channels, `j${number}`, 'STARTED');
    vi.advanceTimersByTime(1);
    const client = await openAfterSnapshot();
    sendTo(channels, 'j0', 'TASK');
    sendTo(channels, 'new', 'STARTED');
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toMatchObject([{ removed: ['j1'], matching: 10_001 }]);
    expect(client.channelIds).toEqual([['j0', 'new']]);
  });
});

describe('a filter', () => {
  it('selects by state: a channel leaves when its state no longer matches', async () => {
    sendTo(channels, 'a', 'STARTED');
    sendTo(channels, 'b', 'FAILED');
    const client = await openAfterSnapshot(new ChannelFilter(['running'], ''));
    sendTo(channels, 'a', 'FINISHED');
    sendTo(channels, 'c', 'STARTED');
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toMatchObject([{ removed: ['a'], channels: [{ id: 'c' }], matching: 1 }]);
  });

  it('selects by prefix', async () => {
    for (const id of ['a1', 'a2', 'b1']) sendTo(channels, id, 'STARTED');
    const client = await open(new ChannelFilter([], 'a'));
    expect(client.channelIds).toEqual([['a1', 'a2']]);
    client.clear();
    sendTo(channels, 'b2', 'STARTED');
    sendTo(channels, 'a3', 'STARTED');
    channels.delete('a1');
    await vi.advanceTimersByTimeAsync(UPDATE);
    expect(client.channelEvents).toMatchObject([{ removed: ['a1'], channels: [{ id: 'a3' }], matching: 2 }]);
  });
});

describe('a sample', () => {
  it('is sent at once, with a comment every 20 samples', async () => {
    const client = await openAfterSnapshot();
    for (let time = 1; time <= 20; time++) {
      sample({ time });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(client.events).toHaveLength(20);
    expect(client.events.at(-1)).toEqual({ event: 'status', data: { time: 20 } });
    // The first sample came when the stream was opened.
    expect(client.text.match(/^:\n\n/gm)).toHaveLength(1);
  });
});

describe('a client that does not read', () => {
  it('gets the newest state when it reads again', async () => {
    const client = await openAfterSnapshot();
    client.stall();
    sendTo(channels, 'x'.repeat(2000), 'STARTED');
    await vi.advanceTimersByTimeAsync(UPDATE);
    client.clear();
    for (let turn = 0; turn < 20; turn++) {
      sendTo(channels, 'a', 'TASK');
      sendTo(channels, `b${turn}`, 'STARTED');
      channels.delete(`b${turn - 1}`);
      sample({ time: turn });
      await vi.advanceTimersByTimeAsync(UPDATE);
    }
    client.read();
    await vi.advanceTimersByTimeAsync(UPDATE);
    const updates = client.channelEvents;
    expect(updates).toHaveLength(1);
    expect(updates).toMatchObject([{ removed: [], matching: 3 }]);
    expect(client.channelIds[0]!.toSorted()).toEqual(['a', 'b19']);
    expect(client.events.filter(({ event }) => event === 'status')).toEqual([
      { event: 'status', data: { time: 19 } },
    ]);
  });

  it('is disconnected after limits.lag', async () => {
    const client = await openAfterSnapshot();
    const changed = vi.spyOn(feed, 'changed');
    client.stall();
    sendTo(channels, 'x'.repeat(2000), 'STARTED');
    await vi.advanceTimersByTimeAsync(UPDATE + LAG * 1000);
    expect(client.destroyed).toBe(true);
    sendTo(channels, 'a', 'STARTED');
    expect(changed).toHaveBeenCalledTimes(1);
  });
});

describe('the feed', () => {
  it('observes the channels only while a stream is open', async () => {
    const changed = vi.spyOn(feed, 'changed');
    const calls: number[] = [];
    const send = (): void => {
      sendTo(channels, 'a', 'STARTED');
      calls.push(changed.mock.calls.length);
    };
    send();
    const client = await open();
    send();
    client.destroy();
    await vi.advanceTimersByTimeAsync(1);
    send();
    expect(calls).toEqual([0, 1, 1]);
  });

  it('has room for ten streams', async () => {
    const clients: RecordingResponse[] = [];
    while (feed.hasRoom) clients.push(await open());
    expect(clients).toHaveLength(10);
    clients[0]!.destroy();
    await vi.advanceTimersByTimeAsync(1);
    expect(feed.hasRoom).toBe(true);
  });

  it('ends all streams for a shutdown, also while a client does not read', async () => {
    const [reading, stalled] = [await open(), await open()];
    stalled.stall();
    sendTo(channels, 'x'.repeat(2000), 'STARTED');
    await vi.advanceTimersByTimeAsync(UPDATE);
    feed.closeAll();
    await vi.advanceTimersByTimeAsync(1);
    expect(reading.writableFinished).toBe(true);
    expect(stalled.writableEnded).toBe(true);
    expect(feed.hasRoom).toBe(false);
  });
});

describe('work on many channels', () => {
  it('takes at most 5 ms in a turn, with ten streams', async () => {
    for (let number = 0; number < 5000; number++) sendTo(channels, `j${number}`, 'STARTED');
    vi.useRealTimers();
    // Each look at the clock is one step of the work, and takes 10 us.
    let clock = performance.now();
    const now = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 0.01));
    const turns = countTurns(() => clock);
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, number) => openReal(new ChannelFilter([], number === 0 ? 'j1' : ''))),
    );
    await vi.waitFor(() => {
      for (const client of clients) expect(client.channelEvents.at(-1)?.complete).toBe(true);
    }, 20_000);
    const longest = turns.stop();
    now.mockRestore();
    expect(longest).toBeGreaterThan(4);
    expect(longest).toBeLessThan(6);
    for (const client of clients) client.destroy();
  }, 60_000);
});

async function open(filter = new ChannelFilter([], '')): Promise<RecordingResponse> {
  const client = await openReal(filter);
  await vi.advanceTimersByTimeAsync(100);
  return client;
}

function openReal(filter: ChannelFilter): Promise<RecordingResponse> {
  const client = new RecordingResponse();
  feed.open(filter, client.response);
  return Promise.resolve(client);
}

async function openAfterSnapshot(filter?: ChannelFilter): Promise<RecordingResponse> {
  const client = await open(filter);
  client.clear();
  return client;
}

/** Measures the longest turn of the event loop with a clock. */
function countTurns(clock: () => number): { stop(): number } {
  let longest = 0;
  let last = clock();
  let running = true;
  const turn = (): void => {
    longest = Math.max(longest, clock() - last);
    last = clock();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      running = false;
      return longest;
    },
  };
}
