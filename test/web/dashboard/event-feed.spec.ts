import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventFeed } from '../../../web/dashboard/event-feed.js';
import type { FeedStatus } from '../../../web/dashboard/feed-status.js';

const EVENT = new TextEncoder().encode('event: status\ndata: {}\n\n');

/** A stream that the test writes. */
class FakeStream {
  controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly response = new Response(
    new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) }),
  );
}

let answers: (() => Response | Promise<Response>)[];
let urls: string[];
let events: string[];
let statuses: FeedStatus[];
let feed: EventFeed;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  [answers, urls, events, statuses] = [[], [], [], []];
  vi.stubGlobal('fetch', async (url: URL, { signal }: RequestInit) => {
    urls.push(String(url));
    const answer = await (answers.shift() ?? refuseConnection)();
    signal!.throwIfAborted();
    // As the browser does: an abort ends the body.
    const reader = answer.body?.getReader();
    if (!reader || !answer.ok) return reader ? new Response(await textOf(reader), answer) : answer;
    signal!.addEventListener('abort', () => void reader.cancel());
    return { ok: true, body: { getReader: () => reader } };
  });
  feed = new EventFeed({
    onEvent: ({ event }) => events.push(event),
    onStatus: (status) => statuses.push(status),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function refuseConnection(): never {
  throw new TypeError('Failed to fetch');
}

async function textOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value);
}

async function open(): Promise<FakeStream> {
  const stream = new FakeStream();
  answers.push(() => stream.response);
  feed.open(new URL('http://monitor/events'));
  await vi.advanceTimersByTimeAsync(0);
  return stream;
}

test('is live with the first event, not with the connection', async () => {
  const stream = await open();
  expect(feed.status.state).toBe('connecting');
  stream.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.status).toMatchObject({ state: 'live', heardAt: Date.now() });
  expect(events).toEqual(['status']);
});

test('reconnects after 5 s of silence', async () => {
  const stream = await open();
  stream.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(4900);
  expect(feed.status.state).toBe('live');
  await vi.advanceTimersByTimeAsync(1100);
  expect(feed.status.state).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1000);
  expect(urls).toHaveLength(2);
});

test('does not take a page that slept for a silent monitor', async () => {
  const stream = await open();
  stream.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(500);
  // The timers stand still, the clock does not.
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(feed.status.state).toBe('live');
  await vi.advanceTimersByTimeAsync(6000);
  expect(feed.status.state).not.toBe('live');
});

test('waits longer after each failure, and not after a success', async () => {
  feed.open(new URL('http://monitor/events'));
  const waits: number[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    await vi.advanceTimersByTimeAsync(0);
    const wait = feed.status.retryAt! - Date.now();
    waits.push(wait);
    await vi.advanceTimersByTimeAsync(wait);
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  const stream = await open();
  stream.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(0);
  stream.controller.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.status.retryAt! - Date.now()).toBe(1000);
});

test('tells the reason of a 503, and waits as long as the monitor asks', async () => {
  const body = JSON.stringify({ statusCode: 503, message: 'all 10 are in use' });
  answers.push(() => new Response(body, { status: 503, headers: { 'Retry-After': '5' } }));
  feed.open(new URL('http://monitor/events'));
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.status).toMatchObject({
    state: 'waiting',
    refusal: 'all 10 are in use',
    retryAt: Date.now() + 5000,
  });
  const stream = new FakeStream();
  answers.push(() => stream.response);
  await vi.advanceTimersByTimeAsync(5000);
  stream.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.status).toMatchObject({ state: 'live', refusal: undefined });
});

test.each([401, 403])('after %i, waits long for another token or another monitor', async (status) => {
  answers.push(() => new Response('{"message":"Expected a token"}', { status }));
  feed.open(new URL('http://monitor/events'));
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.status).toMatchObject({
    state: 'waiting',
    refusedWith: status,
    retryAt: Date.now() + 60_000,
  });
});

test('an error of a proxy is no refusal', async () => {
  answers.push(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  feed.open(new URL('http://monitor/events'));
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.status).toMatchObject({ state: 'waiting', refusal: undefined });
});

test('another filter replaces the stream, and nothing of the old one arrives', async () => {
  const old = await open();
  old.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(0);
  const next = new FakeStream();
  answers.push(() => next.response);
  feed.open(new URL('http://monitor/events?prefix=a'));
  await vi.advanceTimersByTimeAsync(0);
  next.controller.enqueue(EVENT);
  await vi.advanceTimersByTimeAsync(0);
  expect(urls).toEqual(['http://monitor/events', 'http://monitor/events?prefix=a']);
  expect([events.length, feed.status.state]).toEqual([2, 'live']);
  // The data of the old stream are still right, so the page shows no reconnection.
  expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'live', 'live']);
});
