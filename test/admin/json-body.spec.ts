import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { BadRequestException } from '@nestjs/common';
import { expect, it } from 'vitest';
import { readJsonBody } from '../../src/admin/json-body.js';

it('a client that leaves before the end of its body is refused like any bad request', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(
    'PUT / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"level":',
  );
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  const body = readJsonBody(request);
  socket.destroy();
  await expect(body).rejects.toThrow(BadRequestException);
  server.close();
});
