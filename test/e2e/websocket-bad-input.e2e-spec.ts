import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { MuteClient } from '../fixtures/mute-client.js';
import { readToClose, sendRaw, upgradeFields } from '../fixtures/raw-http.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const HEAD = 'GET / HTTP/1.1\r\nHost: x\r\n';
const PROTOCOL_ERROR = 1002;

const running = setUpMonitor();

describe('invalid input on the WebSocket port', () => {
  afterEach(async () => {
    expect((await fetch(running.monitor.http)).status).toBe(200);
    const id = running.freshId();
    await running.broker.send(id, 'FINISHED');
    expect(await running.connectLegacy(id).received(1)).toEqual(['{"command": "FINISHED"}']);
  });

  it.each([
    ['bytes that are not HTTP', 'no HTTP at all\r\n\r\n'],
    ['a handshake without a key', `${HEAD}${upgradeFields('websocket')}\r\n`],
  ])('costs only one connection: %s', async (_, bytes) => {
    expect(await readToClose(sendRaw(running.monitor.http, bytes))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('costs only one connection: an unfinished request during other requests', async () => {
    const unfinished = sendRaw(running.monitor.http, `${HEAD}Upgrade: websocket\r\n`);
    await once(unfinished, 'connect');
    expect((await fetch(running.monitor.http)).status).toBe(200);
    unfinished.destroy();
  });

  it('an upgrade to an unknown protocol is ignored', async () => {
    const socket = sendRaw(running.monitor.http, `${HEAD}${upgradeFields('h2c')}\r\n`);
    expect(await readToClose(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('a frame with reserved bits closes the connection with 1002', async () => {
    const client = new MuteClient(Number(new URL(running.monitor.http).port), '/');
    const socket = await client.connect();
    const closed = once(socket, 'end');
    socket.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    const [frame] = (await once(socket, 'data')) as [Buffer];
    // A close frame: two bytes of header, then the close code.
    expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, PROTOCOL_ERROR]);
    await closed;
    client.close();
  });
});
