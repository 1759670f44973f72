import { describe, expect, it } from 'vitest';
import { closePayload, encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { continuation, ping, setUpConformance, text } from './set-up-conformance.js';

const PROTOCOL_ERROR = 1002;
const NO_CODE = 1005;
const INVALID_TEXT = 1007;

const monitor = setUpConformance();

function close(code?: number, reason: Buffer | string = ''): Buffer {
  return encodeFrame(OPCODES.close, closePayload(code, reason));
}

describe('7.1: after a close frame', () => {
  it.each([
    ['a second close', close(1000)],
    ['a ping', ping('after')],
    ['a text', text('closing')],
    ['the rest of a message', continuation('closing', true)],
  ])('%s is not answered', async (_, frame) => {
    await monitor.prepare('closing');
    const socket = await monitor.connect();
    socket.send(close(1000), frame);
    expect(await socket.closed()).toBe(1000);
    expect(socket.frames).toHaveLength(1);
  });

  it('an unfinished message is dropped', async () => {
    await monitor.prepare('ab');
    const socket = await monitor.connect();
    socket.send(text('a', false), close(1000), continuation('b', true));
    expect(await socket.closed()).toBe(1000);
    expect(socket.texts).toEqual([]);
  });

  it('the messages that were due before it are sent first', async () => {
    await monitor.prepare('first');
    const socket = await monitor.connect();
    socket.send(text('first'));
    await socket.received(1);
    socket.send(close(1000));
    expect(await socket.closed()).toBe(1000);
    expect(socket.texts).toHaveLength(1);
  });
});

describe('7.3: the payload of a close', () => {
  it('may be empty', async () => {
    const socket = await monitor.connect();
    socket.send(close());
    expect(await socket.closed()).toBe(NO_CODE);
  });

  it.each([
    ['a reason', 'Hello World!'],
    ['a reason of 123 bytes', '*'.repeat(123)],
    ['a reason beyond ASCII', '\u00b5\u20ac\u{1f600}'],
  ])('may have a code and %s', async (_, reason) => {
    const socket = await monitor.connect();
    socket.send(close(1000, reason));
    expect(await socket.closed()).toBe(1000);
  });

  it.each([
    ['one byte', encodeFrame(OPCODES.close, 'a'), PROTOCOL_ERROR],
    ['126 bytes', close(1000, '*'.repeat(124)), PROTOCOL_ERROR],
    ['a reason that is not UTF-8', close(1000, Buffer.from([0xce, 0xba, 0xff])), INVALID_TEXT],
  ])('closes with an error: %s', async (_, frame, code) => {
    const socket = await monitor.connect();
    socket.send(frame);
    expect(await socket.closed()).toBe(code);
  });
});

describe('7.7: a valid code', () => {
  it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    'is answered with the same code: %i',
    async (code) => {
      for (const path of ['/', '/channels/stream']) {
        const socket = await monitor.connect(path);
        socket.send(close(code, 'reason'));
        expect(await socket.closed()).toBe(code);
      }
    },
  );
});

describe('7.9 and 7.13: an invalid code', () => {
  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
    'closes with 1002: %i',
    async (code) => {
      const socket = await monitor.connect();
      socket.send(close(code), ping());
      expect(await socket.closed()).toBe(PROTOCOL_ERROR);
      expect(socket.pongs).toEqual([]);
    },
  );
});
