import { afterEach, describe, expect, it, vi } from 'vitest';
import { watch, type WatchOptions } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';

afterEach(() => vi.unstubAllGlobals());

describe('watch throws a TypeError for', () => {
  it.each([
    [undefined, 'got undefined undefined'],
    [null, 'got object null'],
    [7, 'got number 7'],
    ['', 'got string '],
    ['/channels/j', 'got string /channels/j'],
    ['ftp://host/channels/j', 'got string ftp://host/channels/j'],
    [new URL('file:///channels/j'), 'got object file:///channels/j'],
  ])('the URL %s', (url, got) => {
    const message = `watch() expected the http(s) or ws(s) URL of a channel, ${got}`;
    expect(() => watch(url as string)).toThrow(new TypeError(message));
  });

  it.each([undefined, null, 7, {}])('the URL %s in a page, where a string may be a path', (url) => {
    vi.stubGlobal('location', { href: 'https://host/page' });
    expect(() => watch(url as string, { WebSocket: FakeSocket })).toThrow(TypeError);
  });

  it.each([
    ['after', 'string', 7, 'number 7'],
    ['summary', 'object', 'running', 'string running'],
    ['signal', 'object', () => {}, 'function () => {}'],
    ['token', 'string or function', { jwt: 1 }, 'object [object Object]'],
    ['transport', 'auto, websocket or sse', 'polling', 'string polling'],
    ['transport', 'auto, websocket or sse', '', 'string '],
    ['WebSocket', 'function', {}, 'object [object Object]'],
    ['fetch', 'function', 'fetch', 'string fetch'],
    ['random', 'function', 0.5, 'number 0.5'],
  ])('the option %s, which must be %s', (name, expected, value, got) => {
    const message = `watch() expected the option ${name} to be ${expected}, got ${got}`;
    expect(() => watch('http://host/', { [name]: value })).toThrow(new TypeError(message));
  });
});

it.each([
  [5, 'number 5'],
  ['sse', 'string sse'],
  [() => {}, 'function () => {}'],
])('watch throws a TypeError for %s instead of options', (options, got) => {
  const message = `watch() expected the options as an object, got ${got}`;
  expect(() => watch('http://host/', options as WatchOptions)).toThrow(new TypeError(message));
});

describe('watch accepts', () => {
  it.each(['http://host/channels/j', 'https://host/', 'ws://host/', 'wss://host/', new URL('http://h')])(
    'the URL %s',
    (url) => {
      const stream = watch(url, { WebSocket: FakeSocket });
      stream.close();
      expect(stream.end).toEqual({ reason: 'closed' });
    },
  );

  it('a path, in a page', () => {
    vi.stubGlobal('location', { href: 'https://host/page' });
    expect(() => watch('/channels/j', { WebSocket: FakeSocket }).close()).not.toThrow();
  });

  it('null instead of options', () => {
    vi.stubGlobal('WebSocket', FakeSocket);
    expect(() => watch('http://host/', null as unknown as WatchOptions).close()).not.toThrow();
  });

  it.each([undefined, null])('options that are %s', (absent) => {
    const names = ['after', 'summary', 'signal', 'token', 'transport', 'random'];
    const options = Object.fromEntries(names.map((name) => [name, absent])) as WatchOptions;
    const stream = watch('http://host/', { ...options, WebSocket: FakeSocket });
    stream.close();
    expect([stream.state, stream.position, stream.summary.messages]).toEqual(['ended', undefined, 0]);
  });
});
