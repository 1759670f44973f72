import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { IDLE, RESTART, SLOW, type CloseCode } from '../../src/gateway/close-codes.js';
import { Connection } from '../../src/gateway/connection.js';
import { sseEvents } from '../../src/messages/sse-events.js';

class TestConnection extends Connection {
  readonly kind = 'sse';
  readonly encoder = sseEvents;
  readonly sent: CloseCode[] = [];

  constructor(socket: Socket) {
    super(socket, 1024);
    socket.once('close', () => this.handleClosed());
  }

  reset(): void {}

  continues(): void {}
  beat(): void {}

  protected get writable(): boolean {
    return this.socket.writable;
  }

  protected sendClose(code: CloseCode): void {
    this.sent.push(code);
    this.socket.end();
  }

  protected destroy(): void {
    this.socket.destroy();
  }
}

let server: Server;
let client: Socket;
let connection: TestConnection;
let registry: ConnectionRegistry;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  const [socket] = (await once(server, 'connection')) as [Socket];
  connection = new TestConnection(socket.resume());
  registry = new ConnectionRegistry({ interval: 20 });
  registry.add(connection);
});

afterEach(() => {
  registry.onApplicationShutdown();
  client.destroy();
  connection.terminate();
  server.close();
  vi.useRealTimers();
});

function closed(): Promise<void> {
  return vi.waitFor(() => expect(registry.size).toBe(0));
}

describe('a connection', () => {
  it('closes once, with the code of the first call', async () => {
    connection.close(IDLE);
    connection.close(RESTART);
    connection.end('slow');
    await closed();
    expect(connection.sent).toEqual([IDLE]);
    expect(registry.counters.closed).toEqual(new Map([['1000 idle', 1]]));
  });

  it('is removed from the registry once, also when it is terminated during the close', async () => {
    connection.end('slow');
    connection.terminate();
    connection.terminate();
    await closed();
    connection.handleClosed();
    expect(connection.closeCode).toBe(SLOW);
    expect(registry.counters).toMatchObject({
      open: { sse: 0 },
      opened: { sse: 1 },
      closed: new Map([['1013 slow', 1]]),
    });
  });

  it('is counted as 1006 when it is terminated', async () => {
    connection.terminate();
    await closed();
    expect([...registry.counters.closed.keys()]).toEqual(['1006']);
    client.destroy();
  });

  it('is counted as closed by the client when the client disconnects', async () => {
    client.end();
    await closed();
    expect(registry.counters.closed).toEqual(new Map([['client', 1]]));
  });

  it('closes at the time of the last closeAt call', () => {
    vi.useFakeTimers();
    connection.closeAt(performance.now() + 1000, IDLE);
    connection.closeAt(performance.now() + 5000, RESTART);
    vi.advanceTimersByTime(4999);
    expect(connection.sent).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(connection.sent).toEqual([RESTART]);
  });

  it('accepts no bytes after the close', () => {
    connection.close(RESTART);
    expect(connection.write(Buffer.from('x'))).toBe(false);
  });
});
