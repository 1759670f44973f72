import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstBytes, handshake } from '../fixtures/raw-http.js';
import { encodeFrame, OPCODES } from '../fixtures/websocket-frames.js';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** With compression, `ws` takes 226 KiB for each connection after its first message. */
const CONNECTIONS = 1000;
const COMPRESSION_MIB = 220;

const ANSWERS = /^HTTP\/1\.1 101 (?![^]*Sec-WebSocket-Extensions)/i;

let daemon: Daemon;

beforeAll(async () => void (daemon = await Daemon.start()));
afterAll(() => daemon.kill());

function offering(extensions: string): string {
  return handshake('/').replace('\r\n\r\n', `\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`);
}

/** A compressed text frame: the reserved bit RSV1 marks it. */
const COMPRESSED = encodeFrame(OPCODES.text, Buffer.from('f248cdc9c907000000ffff', 'hex'), { reserved: 4 });

/** Offers, and some that are malformed. */
const OFFERS = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  ...[8, 9, 10, 11, 12, 13, 14, 15].flatMap((bits) => [
    `permessage-deflate; server_max_window_bits=${bits}`,
    `permessage-deflate; client_max_window_bits=${bits}`,
  ]),
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15',
  'permessage-deflate; server_max_window_bits=8, permessage-deflate; client_max_window_bits, permessage-deflate',
  'x-webkit-deflate-frame, permessage-bzip2',
  'permessage-deflate; server_max_window_bits=999',
  'permessage-deflate; server_max_window_bits=-1',
  'permessage-deflate; server_max_window_bits=',
  'permessage-deflate; server_max_window_bits=10; server_max_window_bits=11',
  'permessage-deflate; unknown="\\"',
  'permessage-deflate; __proto__=1; constructor',
  ';;;,,,===',
  '"',
  '',
  'permessage-deflate,'.repeat(700),
  `permessage-deflate${'; client_max_window_bits'.repeat(500)}`,
];

it.each(OFFERS.map((offer) => [offer.slice(0, 80), offer]))(
  'an offer to compress is ignored, because compression costs memory for each client: %s',
  async (_, offer) => {
    expect(await firstBytes(daemon.http, offering(offer))).toMatch(ANSWERS);
  },
);

it('a thousand clients that offer compression and send compressed frames take no memory for it', async () => {
  const healthy = await HealthyClient.start(daemon);
  const sockets = daemon.openSockets;
  const before = daemon.residentMiB;
  const plan = { port: daemon.publicPort, connections: CONNECTIONS, seconds: 3 };
  const holding = new Attacker({ ...plan, first: offering('permessage-deflate; client_max_window_bits') });
  expect((await holding.outcome).answers).toEqual({ 101: CONNECTIONS });
  const first = offering('permessage-deflate') + COMPRESSED.toString('latin1');
  const sending = new Attacker({ ...plan, first });
  const { answers, stillOpen } = await sending.outcome;
  expect([answers, stillOpen]).toEqual([{ 101: CONNECTIONS }, 0]);
  expect(daemon.residentMiB - before).toBeLessThan(COMPRESSION_MIB / 2);
  await daemon.socketsFallTo(sockets, 10);
  const { sent, received } = await healthy.stop();
  expect(received).toBe(sent);
});
