import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClosingSockets } from '../../src/http/closing-sockets.js';

let server: Server;
let client: Socket;
let accepted: Socket;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = once(server, 'connection');
  // Does not read until the test calls resume(), and does not end its side by itself.
  client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  client.pause();
  [accepted] = (await connection) as [Socket];
});

afterEach(() => {
  client.destroy();
  server.close();
});

describe('ClosingSockets', () => {
  it.each(['end', 'destroySoon'] as const)(
    '%s: a client that does not read is disconnected',
    async (method) => {
      accepted.write(Buffer.alloc(32 * 1024 * 1024));
      new ClosingSockets(0.05)[method](accepted);
      await once(accepted, 'close');
      expect(accepted.destroyed).toBe(true);
    },
  );

  it('end: a client that does not end its side gets all bytes and is disconnected', async () => {
    accepted.write('bye');
    new ClosingSockets(0.05).end(accepted);
    let text = '';
    client.on('data', (data: Buffer) => (text += data.toString())).resume();
    await once(accepted, 'close');
    expect(text).toBe('bye');
  });

  it('end: a client that ends its side is disconnected at once, even if it has sent more bytes', async () => {
    new ClosingSockets(60).end(accepted);
    client.resume().end('x'.repeat(1_000_000));
    await once(accepted, 'close');
    expect(accepted.destroyed).toBe(true);
  });

  it('destroyAll disconnects all closing sockets', async () => {
    const closing = new ClosingSockets(60);
    closing.end(accepted);
    closing.destroyAll();
    await once(accepted, 'close');
    expect(accepted.destroyed).toBe(true);
  });
});
