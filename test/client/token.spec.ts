import { describe, expect, it, vi } from 'vitest';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { END_EVENT, events, message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('wss://host/channels/j');

const OFFERED = ['recodex.v2', 'recodex.v1'];
const ACCEPT = { Accept: 'text/event-stream' };
const REFUSED = { reason: 'refused', detail: 'token' };

/** A token that differs from those of other numbers. */
const jwt = (number: number): string => `e30.${number}.-_`;
const offerWith = (number: number): string[] => [...OFFERED, `token.${jwt(number)}`];
const headersWith = (number: number): object => ({ ...ACCEPT, Authorization: `Bearer ${jwt(number)}` });

/** A function that returns another token with each call. */
function tokens(): () => string {
  let calls = 0;
  return () => jwt(++calls);
}

/** A WebSocket fails, with sub-protocols and without, as in a browser when the server refuses the upgrade. */
async function failWebSocket(): Promise<void> {
  for (const _attempt of ['offering', 'plain']) {
    FakeSocket.last.end(1006);
    await advance(0);
  }
}

const urls = (): string[] => [...FakeSocket.all, ...fake.http.requests].map(({ url }) => url);

describe('a token', () => {
  it('is a sub-protocol of the WebSocket, after those that carry the stream', async () => {
    const stream = await fake.open({ token: jwt(1) });
    FakeSocket.last.open('recodex.v2');
    expect([FakeSocket.last.protocols, stream.state]).toEqual([offerWith(1), 'live']);
  });

  it('is a header of a request for Server-Sent Events', async () => {
    fake.http.stream();
    await fake.open({ token: jwt(1), transport: 'sse' });
    expect(fake.http.requests).toEqual([{ url: 'https://host/channels/j', headers: headersWith(1) }]);
  });

  it('is not sent when there is none', async () => {
    fake.http.stream();
    await fake.open();
    expect(FakeSocket.last.protocols).toEqual(OFFERED);
    await failWebSocket();
    expect(fake.http.requests[0]!.headers).toEqual(ACCEPT);
    await fake.open({ token: '' });
    expect(FakeSocket.last.protocols).toEqual(OFFERED);
  });

  it('is never part of a URL', async () => {
    fake.http.stream();
    await fake.open({ token: jwt(1), after: 'a-1' });
    await failWebSocket();
    expect(urls().filter((url) => url.includes(jwt(1)))).toEqual([]);
  });

  it('does not hinder a server that knows no sub-protocols', async () => {
    const stream = await fake.open({ token: jwt(1) });
    FakeSocket.last.end(1006);
    await advance(0);
    FakeSocket.last.open();
    expect([stream.state, FakeSocket.last.protocols]).toEqual(['live', []]);
  });

  it.each(['two parts.only', 'e30.e30', 'e30.e30.', 'e30.é.s', 'e30.e30.s\n', 'e30. .s', 'undefined'])(
    'that is no JWT (%j) ends the stream before a connection',
    async (token) => {
      const stream = await fake.open({ token });
      expect([stream.end, urls()]).toEqual([REFUSED, []]);
    },
  );
});

describe('a function that returns tokens', () => {
  it('is called for each connection', async () => {
    const token = vi.fn<() => string>(tokens());
    await fake.open({ token });
    FakeSocket.last.open().receive(message(1)).end(1012);
    await advance(1000);
    expect([token.mock.calls.length, FakeSocket.last.protocols]).toEqual([2, offerWith(2)]);
  });

  it('may return a promise', async () => {
    await fake.open({ token: () => Promise.resolve(jwt(1)) });
    expect(FakeSocket.last.protocols).toEqual(offerWith(1));
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no network'))],
  ])('that %s is called again with the next attempt, because the network may be down', async (_how, fail) => {
    const token = vi.fn<() => string | Promise<string>>(fail);
    const stream = await fake.open({ token });
    expect(stream.state).toBe('waiting');
    token.mockImplementation(tokens());
    await advance(1000);
    FakeSocket.last.open();
    expect(stream.state).toBe('live');
  });

  it('that never answers costs the time of an attempt', async () => {
    const token = vi.fn<() => string | Promise<string>>(() => new Promise(() => {}));
    const stream = await fake.open({ token });
    await advance(13_000);
    expect(stream.state).toBe('waiting');
    token.mockImplementation(tokens());
    await advance(1000);
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 1]);
  });

  it.each([[''], [undefined], [null]])('that returns %j ends the stream', async (nothing) => {
    const stream = await fake.open({ token: () => nothing as string });
    expect([stream.end, urls()]).toEqual([REFUSED, []]);
  });

  it('that answers after the end of the stream opens no connection', async () => {
    let answer = (_token: string): void => {};
    const stream = await fake.open({ token: () => new Promise((resolve) => (answer = resolve)) });
    stream.close();
    answer(jwt(1));
    await advance(0);
    expect([stream.end, fake.http.requests]).toEqual([{ reason: 'closed' }, []]);
    expect(FakeSocket.all).toEqual([]);
  });
});

describe('a refused token', () => {
  it('is seen through Server-Sent Events, because a browser hides the status of a refused upgrade', async () => {
    fake.http.respond(401, 'application/json');
    const stream = await fake.open({ token: jwt(1) });
    await failWebSocket();
    expect([stream.end, fake.http.requests.length]).toEqual([REFUSED, 1]);
  });

  it('is seen with transport websocket as well, by a request that opens no stream', async () => {
    fake.http.respond(401, 'application/json');
    const stream = await fake.open({ token: jwt(1), transport: 'websocket' });
    await failWebSocket();
    expect(stream.end).toEqual(REFUSED);
    expect(fake.http.requests).toEqual([{ url: 'https://host/channels/j', headers: headersWith(1) }]);
  });

  it('is replaced by a new one: the stream goes on at its position', async () => {
    const stream = await fake.open({ token: tokens() });
    FakeSocket.last.open('recodex.v2').receive(message(1)).end(1008, 'token');
    await advance(0);
    expect(stream).toMatchObject({ state: 'waiting', end: undefined });
    await advance(1000);
    expect(FakeSocket.last).toMatchObject({
      url: 'wss://host/channels/j?after=a-1',
      protocols: offerWith(2),
    });
    FakeSocket.last.open('recodex.v2').receive(message(2));
    expect([stream.state, stream.position]).toEqual(['live', 'a-2']);
  });

  it('is replaced when a response has ended and the next one is 401', async () => {
    const server = fake.http.stream();
    const stream = await fake.open({ token: tokens(), transport: 'sse' });
    await server.send(events(1, 2));
    fake.http.respond(401);
    await server.end();
    await advance(1000);
    expect(stream.state).toBe('waiting');
    const renewed = fake.http.stream();
    await advance(2000);
    expect(fake.http.requests.map(({ headers }) => headers)).toEqual([1, 2, 3].map(headersWith));
    await renewed.send(events(3, 3) + END_EVENT);
    expect([stream.position, stream.end]).toEqual(['a-3', { reason: 'finished' }]);
  });

  it('is replaced as often as tokens expire', async () => {
    const stream = await fake.open({ token: tokens() });
    for (let seq = 1; seq <= 5; seq++) {
      FakeSocket.last.open('recodex.v2').receive(message(seq)).end(1008, 'token');
      await advance(1000);
    }
    expect([stream.state, stream.position, FakeSocket.last.protocols]).toEqual([
      'connecting',
      'a-5',
      offerWith(6),
    ]);
  });

  it('that is given to a stream as a string ends it at once', async () => {
    const stream = await fake.open({ token: jwt(1) });
    FakeSocket.last.open('recodex.v2').end(1008, 'token');
    await advance(0);
    expect([stream.end, FakeSocket.all.length]).toEqual([REFUSED, 1]);
  });

  it('that the function returns again is not tried again', async () => {
    const stream = await fake.open({ token: () => jwt(1) });
    FakeSocket.last.open('recodex.v2').end(1008, 'token');
    await advance(1000);
    expect([stream.end, FakeSocket.all.length]).toEqual([REFUSED, 1]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no account');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no account'))],
    ['returns nothing', () => ''],
  ])('ends the stream if the function %s then', async (_how, renew) => {
    const token = vi.fn<() => string | Promise<string>>(tokens());
    const stream = await fake.open({ token });
    token.mockImplementation(renew);
    FakeSocket.last.open('recodex.v2').end(1008, 'token');
    await advance(1000);
    expect([stream.end, FakeSocket.all.length]).toEqual([REFUSED, 1]);
  });

  it.each(['auto', 'sse', 'websocket'] as const)(
    'ends the stream if its replacement is refused too (transport %s)',
    async (transport) => {
      fake.http.respond(401);
      const stream = await fake.open({ token: tokens(), transport });
      for (let attempt = 0; attempt < 2; attempt++) {
        if (transport !== 'sse') await failWebSocket();
        await advance(1000);
      }
      expect([stream.end, fake.http.requests.length]).toEqual([REFUSED, 2]);
    },
  );

  it('slows the stream down if the server accepts each token and then refuses it', async () => {
    const stream = await fake.open({ token: tokens() });
    const delays: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      FakeSocket.last.open('recodex.v2').end(1008, 'token');
      await advance(0);
      delays.push(stream.retryAt! - Date.now());
      await advance(delays.at(-1)!);
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000]);
  });
});

describe('a token of another channel', () => {
  it.each(['auto', 'sse', 'websocket'] as const)(
    'ends the stream with the status (transport %s)',
    async (transport) => {
      fake.http.respond(403);
      const stream = await fake.open({ token: tokens(), transport });
      if (transport !== 'sse') await failWebSocket();
      expect(stream.end).toEqual({ reason: 'refused', detail: 'HTTP 403' });
    },
  );
});

describe('with transport websocket, a failed WebSocket', () => {
  it.each([200, 404, 426, 500])('is tried again if the token is not the reason (HTTP %i)', async (status) => {
    fake.http.respond(status, 'text/html');
    const stream = await fake.open({ token: jwt(1), transport: 'websocket' });
    await failWebSocket();
    expect(stream.state).toBe('waiting');
    await advance(1000);
    FakeSocket.last.open('recodex.v2');
    expect(stream.state).toBe('live');
  });

  it('ends the stream if its token was refused after a connection that worked', async () => {
    fake.http.respond(401);
    const stream = await fake.open({ token: jwt(1), transport: 'websocket' });
    FakeSocket.last.open('recodex.v2').end(1006);
    await advance(1000);
    await failWebSocket();
    expect(stream.end).toEqual(REFUSED);
  });

  it('may take 10 s to open', async () => {
    const stream = await fake.open({ token: jwt(1), transport: 'websocket' });
    await advance(9999);
    FakeSocket.last.open('recodex.v2');
    expect([stream.state, FakeSocket.all.length]).toEqual(['live', 1]);
  });

  it('causes no request without a token', async () => {
    const stream = await fake.open({ transport: 'websocket' });
    await failWebSocket();
    expect([stream.state, fake.http.requests]).toEqual(['waiting', []]);
  });
});

it('without the option, a 401 ends the stream with the status', async () => {
  fake.http.respond(401);
  const stream = await fake.open();
  await failWebSocket();
  expect(stream.end).toEqual({ reason: 'refused', detail: 'HTTP 401' });
});
