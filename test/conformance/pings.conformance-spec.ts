import { describe, expect, it } from 'vitest';
import { encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { ping, setUpConformance, text } from './set-up-conformance.js';

const PROTOCOL_ERROR = 1002;
const BINARY = Buffer.from([0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]).toString('latin1');

const monitor = setUpConformance();

describe('2: a ping', () => {
  it.each([
    ['without payload', ''],
    ['with a text', 'Hello, world!'],
    ['with bytes that are no text', BINARY],
    ['with 125 bytes', '\u00fe'.repeat(125)],
  ])('is answered with its payload: %s', async (_, payload) => {
    for (const path of ['/', '/channels/stream']) {
      const socket = await monitor.connect(path);
      socket.send(ping(Buffer.from(payload, 'latin1')));
      await socket.received(1);
      expect(socket.pongs).toEqual([payload]);
    }
  });

  it('of 126 bytes closes with 1002', async () => {
    const socket = await monitor.connect();
    socket.send(ping('x'.repeat(126)));
    expect(await socket.closed()).toBe(PROTOCOL_ERROR);
  });

  it('is answered byte by byte', async () => {
    const socket = await monitor.connect();
    await socket.sendByteByByte(ping('x'.repeat(60)));
    await socket.received(1);
    expect(socket.pongs).toEqual(['x'.repeat(60)]);
  });

  it('is answered in the order of the pings', async () => {
    const payloads = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
    const socket = await monitor.connect();
    await socket.sendByteByByte(...payloads.map((payload) => ping(payload)));
    await socket.received(10);
    expect(socket.pongs).toEqual(payloads);
  });

  it('is answered after a subscription', async () => {
    await monitor.prepare('pinged');
    const socket = await monitor.connect();
    socket.send(text('pinged'), ping('after'));
    await socket.received(2);
    expect(socket.pongs).toEqual(['after']);
  });
});

describe('2: an unsolicited pong', () => {
  it.each(['', 'unsolicited'])('has no answer: "%s"', async (payload) => {
    const socket = await monitor.connect();
    socket.send(encodeFrame(OPCODES.pong, payload), ping('after'));
    await socket.received(1);
    expect(socket.frames.map((frame) => frame.payload.toString())).toEqual(['after']);
  });
});
