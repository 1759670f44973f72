import { describe, expect, it } from 'vitest';
import { encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { answeredId, ping, setUpConformance, text } from './set-up-conformance.js';

const PROTOCOL_ERROR = 1002;
const TEXT_ONLY = 1003;
const POLICY = 1008;

const monitor = setUpConformance({
  LIMITS_CHANNEL_ID_BYTES: '65536',
  LIMITS_CLIENT_MESSAGE_BYTES: '65536',
  LIMITS_MESSAGE_BYTES: '262144',
});

describe('1.1: a text message', () => {
  it('without bytes is no channel id', async () => {
    const socket = await monitor.connect();
    socket.send(text(''));
    expect(await socket.closed()).toBe(POLICY);
  });

  it.each([1, 125, 126, 127, 128, 65_535, 65_536])('of %i bytes is taken', async (bytes) => {
    const id = '*'.repeat(bytes);
    await monitor.prepare(id);
    const socket = await monitor.connect();
    socket.send(text(id));
    expect(answeredId((await socket.received(1))[0])).toBe(id);
  });

  it('of 65,536 bytes in packets of 997 bytes is taken', async () => {
    const id = '*'.repeat(65_536);
    await monitor.prepare(id);
    const socket = await monitor.connect();
    const frame = text(id);
    for (let at = 0; at < frame.length; at += 997) socket.send(frame.subarray(at, at + 997));
    expect(answeredId((await socket.received(1))[0])).toBe(id);
  });

  it('with a longer form of its length than needed is taken', async () => {
    await monitor.prepare('longer');
    for (const lengthBytes of [2, 8] as const) {
      const socket = await monitor.connect();
      socket.send(encodeFrame(OPCODES.text, 'longer', { lengthBytes }));
      expect(answeredId((await socket.received(1))[0])).toBe('longer');
    }
  });
});

describe('1.2: a binary message', () => {
  it.each([0, 125, 126, 127, 128, 65_535, 65_536])('of %i bytes closes with 1003', async (bytes) => {
    const socket = await monitor.connect();
    socket.send(encodeFrame(OPCODES.binary, Buffer.alloc(bytes, 0xfe)));
    expect(await socket.closed()).toBe(TEXT_ONLY);
  });
});

describe('3: reserved bits', () => {
  it.each([
    ['text with 1', encodeFrame(OPCODES.text, 'x', { reserved: 1 })],
    ['text with 2', encodeFrame(OPCODES.text, 'x', { reserved: 2 })],
    ['text with 3', encodeFrame(OPCODES.text, 'x', { reserved: 3 })],
    ['text with 4, which would mean compression', encodeFrame(OPCODES.text, 'x', { reserved: 4 })],
    ['binary with 5', encodeFrame(OPCODES.binary, 'x', { reserved: 5 })],
    ['ping with 6', encodeFrame(OPCODES.ping, 'x', { reserved: 6 })],
    ['close with 7', encodeFrame(OPCODES.close, '', { reserved: 7 })],
  ])('close with 1002: %s', async (_, frame) => {
    const socket = await monitor.connect();
    socket.send(frame, ping());
    expect(await socket.closed()).toBe(PROTOCOL_ERROR);
    expect(socket.pongs).toEqual([]);
  });

  it('close with 1002 byte by byte, after the valid frames', async () => {
    await monitor.prepare('valid');
    const socket = await monitor.connect();
    await socket.sendByteByByte(text('valid'), ping('a'), encodeFrame(OPCODES.ping, 'b', { reserved: 2 }));
    expect(await socket.closed()).toBe(PROTOCOL_ERROR);
    expect(socket.texts).toHaveLength(1);
    expect(socket.pongs).toEqual(['a']);
  });
});

describe('4: reserved opcodes', () => {
  it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('close with 1002: %i', async (opcode) => {
    for (const payload of ['', 'payload']) {
      const socket = await monitor.connect();
      socket.send(ping('before'), encodeFrame(opcode, payload), ping('after'));
      expect(await socket.closed()).toBe(PROTOCOL_ERROR);
      expect(socket.pongs).toEqual(['before']);
    }
  });
});

describe('the mask', () => {
  it.each([
    ['text', OPCODES.text],
    ['ping', OPCODES.ping],
    ['close', OPCODES.close],
  ])('is demanded: a %s without it closes with 1002', async (_, opcode) => {
    const socket = await monitor.connect();
    socket.send(encodeFrame(opcode, '', { masked: false }));
    expect(await socket.closed()).toBe(PROTOCOL_ERROR);
  });

  it('is never used by the monitor, nor is a reserved bit or a fragment', async () => {
    await monitor.prepare('mask');
    const socket = await monitor.connect();
    socket.send(text('mask'), ping('x'));
    await socket.received(2);
    socket.send(encodeFrame(OPCODES.close));
    await socket.closed();
    expect(socket.frames).toHaveLength(3);
    for (const { fin, masked, reserved } of socket.frames)
      expect({ fin, masked, reserved }).toEqual({ fin: true, masked: false, reserved: 0 });
  });
});
