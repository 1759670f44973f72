import { describe, expect, it } from 'vitest';
import { encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { answeredId, continuation, ping, setUpConformance, text } from './set-up-conformance.js';

const POLICY = 1008;
const TOO_LARGE = 1009;

/** `limits.channel_id_bytes`, `limits.client_message_bytes` and `limits.client_frames`. */
const ID_BYTES = 1024;
const MESSAGE_BYTES = 4096;
const FRAMES = 200;
/** Fragments of one message. */
const FRAGMENTS = 64;

const monitor = setUpConformance();

describe('9: large messages', () => {
  it('an id of 1,024 bytes is taken', async () => {
    const id = 'i'.repeat(ID_BYTES);
    await monitor.prepare(id);
    const socket = await monitor.connect();
    socket.send(text(id));
    expect(answeredId((await socket.received(1))[0])).toBe(id);
  });

  it.each([
    ['a message of 1,025 bytes is no id', ID_BYTES + 1, POLICY],
    ['a message of 4,096 bytes is no id', MESSAGE_BYTES, POLICY],
    ['a message of 4,097 bytes is too large', MESSAGE_BYTES + 1, TOO_LARGE],
    ['a message of 1 MiB is too large', 2 ** 20, TOO_LARGE],
  ])('%s', async (_, bytes, code) => {
    const socket = await monitor.connect();
    socket.send(text('x'.repeat(bytes)));
    expect(await socket.closed()).toBe(code);
  });

  it.each([2n ** 16n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])(
    'a header with the length %i closes with 1009, without waiting for the payload',
    async (length) => {
      const socket = await monitor.connect();
      socket.send(encodeFrame(OPCODES.text, 'x', { length, lengthBytes: 8 }));
      expect(await socket.closed()).toBe(TOO_LARGE);
    },
  );

  it('fragments count together', async () => {
    const half = 'x'.repeat(MESSAGE_BYTES / 2 + 1);
    const socket = await monitor.connect();
    socket.send(text(half, false), continuation(half, true));
    expect(await socket.closed()).toBe(TOO_LARGE);
  });
});

describe('9: many frames', () => {
  it(`a message in ${FRAGMENTS} fragments is taken`, async () => {
    await monitor.prepare('f'.repeat(FRAGMENTS));
    const socket = await monitor.connect();
    const middle = Array.from({ length: FRAGMENTS - 2 }, () => continuation('f', false));
    socket.send(text('f', false), ...middle, continuation('f', true));
    expect(answeredId((await socket.received(1))[0])).toBe('f'.repeat(FRAGMENTS));
  });

  it('a message in more fragments closes with 1008', async () => {
    const socket = await monitor.connect();
    socket.send(text('f', false), ...Array.from({ length: FRAGMENTS + 1 }, () => continuation('f', false)));
    expect(await socket.closed()).toBe(POLICY);
  });

  it(`${FRAMES} pings are answered`, async () => {
    const socket = await monitor.connect();
    for (let i = 0; i < FRAMES; i++) {
      socket.send(ping(String(i)));
      await socket.received(i + 1);
    }
    expect(socket.pongs).toHaveLength(FRAMES);
  });

  it('a flood of frames ends the connection', async () => {
    const socket = await monitor.connect();
    socket.send(...Array.from({ length: 5 * FRAMES }, () => ping()));
    expect(await socket.closed()).toBeUndefined();
  });
});

describe('10: chopping', () => {
  it.each([1, 7, 64, 512])('a frame in packets of %i bytes is taken', async (bytes) => {
    const id = 'p'.repeat(60);
    await monitor.prepare(id);
    const socket = await monitor.connect();
    const frame = text(id);
    for (let at = 0; at < frame.length; at += bytes) {
      socket.send(frame.subarray(at, at + bytes));
      await new Promise(setImmediate);
    }
    expect(answeredId((await socket.received(1))[0])).toBe(id);
  });
});
