import { describe, expect, it } from 'vitest';
import { encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { answeredId, continuation, ping, setUpConformance, text } from './set-up-conformance.js';

const INVALID_TEXT = 1007;

/** The text of the Autobahn cases, with characters of two and three bytes. */
const GREETING = 'Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!';

const monitor = setUpConformance();

describe('6: valid UTF-8', () => {
  it.each([
    ['a greeting', GREETING],
    ['Greek', '\u03ba\u1f79\u03c3\u03bc\u03b5'],
    ['the first character of two bytes', '\u0080'],
    ['the first character of three bytes', '\u0800'],
    ['the first character of four bytes', '\u{10000}'],
    ['the last character of one byte', '\u007f'],
    ['the last character of two bytes', '\u07ff'],
    ['the last character of three bytes', '\uffff'],
    ['the last character', '\u{10ffff}'],
    ['the characters around the surrogates', '\ud7ff\ue000\ufffd'],
    ['non-characters', '\ufffe\uffff\u{1fffe}\u{5ffff}\u{10fffe}'],
    ['a byte order mark', '\ufeffx'],
    ['a zero character', 'a\0b'],
  ])('is taken as it is: %s', async (_, id) => {
    await monitor.prepare(id);
    const bytes = Buffer.from(id);
    const fragments = [...bytes].map((byte) => continuation(Buffer.from([byte]), false));
    for (const frames of [[text(id)], [text('', false), ...fragments, continuation('', true)]]) {
      const socket = await monitor.connect();
      socket.send(...frames);
      expect(answeredId((await socket.received(1))[0])).toBe(id);
    }
  });
});

describe('6: invalid UTF-8', () => {
  it.each([
    ['a surrogate in the middle', 'cebae1bdb9cf83cebceda080656469746564'],
    ['a value above the last character', 'f4908080'],
    ['a lone continuation byte', '80'],
    ['many continuation bytes', '80bf80bf80bf80'],
    ['a first byte of two without the second', 'c0'],
    ['a first byte of two before a space', 'c320'],
    ['a first byte of three without the third', 'e080'],
    ['a first byte of four without the fourth', 'f08080'],
    ['five bytes', 'f888808080'],
    ['six bytes', 'fc8480808080'],
    ['FE', 'fe'],
    ['FF', 'ff'],
    ['a slash in two bytes', 'c0af'],
    ['a slash in three bytes', 'e080af'],
    ['a slash in four bytes', 'f08080af'],
    ['a zero in two bytes', 'c080'],
    ['the largest overlong of two bytes', 'c1bf'],
    ['the largest overlong of three bytes', 'e09fbf'],
    ['the largest overlong of four bytes', 'f08fbfbf'],
    ['a high surrogate', 'eda080'],
    ['a low surrogate', 'edbfbf'],
    ['a pair of surrogates', 'eda080edb080'],
  ])('closes with 1007: %s', async (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    for (const open of [() => monitor.connect(), () => monitor.connectToStream()]) {
      const [whole, inFragments] = [await open(), await open()];
      whole.send(text(bytes));
      inFragments.send(text(bytes.subarray(0, 1), false), continuation(bytes.subarray(1), true));
      expect([await whole.closed(), await inFragments.closed()]).toEqual([INVALID_TEXT, INVALID_TEXT]);
    }
  });

  // RFC 6455 permits an endpoint to wait for the end of the message (section 8.1).
  it('is found at the end of the message at the latest, and pings are answered until then', async () => {
    const socket = await monitor.connect();
    socket.send(text('valid', false), continuation(Buffer.from([0xff]), false), ping('between'));
    await socket.received(1);
    socket.send(continuation('', true));
    expect(await socket.closed()).toBe(INVALID_TEXT);
  });

  it('in a ping is no error, because the payload of a ping is no text', async () => {
    const socket = await monitor.connect();
    socket.send(ping(Buffer.from([0xff])), encodeFrame(OPCODES.close));
    await socket.closed();
    expect(socket.pongs).toEqual(['\u00ff']);
  });
});
