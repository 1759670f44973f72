import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { connect, Server, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcceptQueue } from '../../src/http/accept-queue.js';

class FakeSocket {
  resumed = false;
  destroyed = false;
  resume(): void {
    this.resumed = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

describe('AcceptQueue', () => {
  let server: Server;
  let queue: AcceptQueue;
  let served: FakeSocket[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'performance'] });
    served = [];
    server = new Server((socket: Socket) => served.push(socket as unknown as FakeSocket));
    queue = new AcceptQueue(server);
  });
  afterEach(() => vi.useRealTimers());

  const turn = (): unknown => vi.advanceTimersToNextTimer();

  function accept(): FakeSocket {
    const socket = new FakeSocket();
    server.emit('connection', socket);
    return socket;
  }

  function turnsUntilServed(sockets: number): number {
    for (let turns = 1; turns < 100; turns++) {
      turn();
      if (served.length >= sockets) return turns;
    }
    throw new Error(`Fewer than ${sockets} sockets were served`);
  }

  it('serves a single connection within two turns of the event loop, and reads nothing from the connection before', () => {
    const socket = accept();
    expect(socket.resumed).toBe(false);
    expect(turnsUntilServed(1)).toBeLessThanOrEqual(2);
    expect(served).toEqual([socket]);
    expect(socket.resumed).toBe(true);
  });

  it('accepts all waiting connections first, then serves them in order, a few per turn', () => {
    const sockets = [accept(), accept()];
    for (let i = 0; i < 28; i++) {
      turn();
      sockets.push(accept());
    }
    expect(served).toEqual([]);
    expect(turnsUntilServed(30)).toBeGreaterThanOrEqual(4);
    expect(served).toEqual(sockets);
  });

  it('starts to serve after at most one second while connections keep arriving', () => {
    const first = accept();
    let waited = 0;
    while (served.length === 0 && waited < 5000) {
      vi.advanceTimersByTime(10);
      waited += 10;
      if (served.length === 0) accept();
    }
    expect(served[0]).toBe(first);
    expect(waited).toBeLessThanOrEqual(1020);
  });

  it('serves a connection within two turns again after a burst', () => {
    for (let i = 0; i < 20; i++) accept();
    turnsUntilServed(20);
    const late = accept();
    expect(turnsUntilServed(21)).toBeLessThanOrEqual(2);
    expect(served.at(-1)).toBe(late);
  });

  it('closes the waiting connections when the server has closed', () => {
    const sockets = [accept(), accept()];
    queue.close();
    turn();
    turn();
    expect(served).toEqual([]);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it('serves the waiting connections of a server that no longer listens', () => {
    const sockets = [accept(), accept()];
    server.close();
    expect(turnsUntilServed(2)).toBeLessThanOrEqual(2);
    expect(served).toEqual(sockets);
  });
});

describe('AcceptQueue in front of an HTTP server', () => {
  it('passes all requests on, also pipelined requests, and does not keep the server open', async () => {
    const server = createServer((request, response) => response.end(request.url));
    new AcceptQueue(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const [response] = (await once(get({ port, path: '/a', agent: false }), 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('/a');

    const socket = connect(port, '127.0.0.1');
    socket.end('GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/\/b[^]*\/c$/);

    server.close();
    await once(server, 'close');
  });
});

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
