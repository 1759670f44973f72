import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { afterInput } from '../../src/process/after-input.js';

it('afterInput runs its action after the input that arrived before', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const [socket] = await accepted;

  const order: string[] = [];
  socket.on('data', () => order.push('input'));
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      // The kernel has the bytes before this timer ends; Node.js has not read them yet.
      client.write('pong');
      afterInput(() => {
        order.push('action');
        resolve();
      });
    }, 0);
  });
  expect(order).toEqual(['input', 'action']);

  client.destroy();
  socket.destroy();
  server.close();
});
