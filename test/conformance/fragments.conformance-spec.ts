import { describe, expect, it } from 'vitest';
import { encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { answeredId, continuation, ping, setUpConformance, text } from './set-up-conformance.js';

const PROTOCOL_ERROR = 1002;
const ID = 'fragment1fragment2';

const monitor = setUpConformance();

describe('5: a message in fragments', () => {
  it.each([
    ['two', [text('fragment1', false), continuation('fragment2', true)]],
    ['an empty one at the start', [text('', false), continuation(ID, true)]],
    ['an empty one at the end', [text(ID, false), continuation('', true)]],
    [
      'empty ones around',
      [
        text('', false),
        continuation('fragment1', false),
        continuation('', false),
        continuation('fragment2', true),
      ],
    ],
    [
      'one for each byte',
      [text('', false), ...ID.split('').map((byte) => continuation(byte, false)), continuation('', true)],
    ],
  ])('is one message: %s', async (_, frames) => {
    await monitor.prepare(ID);
    for (const send of ['at once', 'frame by frame', 'byte by byte']) {
      const socket = await monitor.connect();
      if (send === 'at once') socket.send(...frames);
      else if (send === 'frame by frame') for (const frame of frames) socket.send(frame);
      else await socket.sendByteByByte(...frames);
      expect(answeredId((await socket.received(1))[0]), send).toBe(ID);
    }
  });

  it('may have pings between its fragments, which are answered at once', async () => {
    await monitor.prepare(ID);
    const socket = await monitor.connect();
    socket.send(text('fragment1', false), ping('between'));
    await socket.received(1);
    expect(socket.pongs).toEqual(['between']);
    socket.send(encodeFrame(OPCODES.pong, 'unsolicited'), continuation('fragment2', true));
    expect(answeredId((await socket.received(2))[1])).toBe(ID);
  });
});

describe('5: wrong fragments', () => {
  it.each([
    ['a ping', [encodeFrame(OPCODES.ping, 'a', { fin: false }), continuation('b', true)]],
    ['a pong', [encodeFrame(OPCODES.pong, 'a', { fin: false }), continuation('b', true)]],
    ['a close', [encodeFrame(OPCODES.close, '', { fin: false }), continuation('', true)]],
    ['a last fragment without a first one', [continuation('nothing before', true)]],
    ['a fragment without a first one', [continuation('nothing before', false), text('x')]],
    ['a fragment after the last one', [text('a', false), continuation('b', true), continuation('c', false)]],
    ['a text inside a message', [text('fragment1', false), text('fragment2', true)]],
    ['a binary inside a message', [text('fragment1', false), encodeFrame(OPCODES.binary, 'x')]],
  ])('close with 1002: %s', async (_, frames) => {
    await monitor.prepare('ab');
    const [atOnce, inBytes] = [await monitor.connect(), await monitor.connect()];
    atOnce.send(...frames);
    await inBytes.sendByteByByte(...frames);
    expect([await atOnce.closed(), await inBytes.closed()]).toEqual([PROTOCOL_ERROR, PROTOCOL_ERROR]);
  });
});
