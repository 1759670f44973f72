import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { LINE_HEAD } from '../fixtures/logger.js';
import { handshake, sendRaw } from '../fixtures/raw-http.js';
import { TestClient } from '../fixtures/test-client.js';
import { Daemon } from './daemon.js';

const FORGED = 'forged line';

/**
 * Ends of lines, escapes of terminals, and characters that reorder or hide text: each would let a client forge a line,
 * or change what an operator sees.
 */
const HOSTILE = [
  '\r\n',
  '\n',
  '\r',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u001b[2J\u001b[1A',
  '\u009b2J',
  '\u0007',
  '\u0008',
]
  .concat(['\u0000', '\u007f', '\u202e', '\u2066', '\u200e', '\u200f', '\u061c', '\u001b]0;title\u0007'])
  .map((characters) => `id${characters}[2026-01-01 00:00:00,000] [recodex-monitor] [ERROR] ${FORGED}`);

/** No character of the log may move the cursor, or look different from what it is. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Characters of the longest line. A text of a mebibyte must not fill the disk, or scroll everything else away. */
const LONGEST_LINE = 16 * 1024;

const LONG = 'x'.repeat(1024 * 1024);

let daemon: Daemon;

afterEach(() => daemon.kill());

/** The lines of the log of a daemon to which hostile texts were sent in every place. */
async function linesOf(format: 'text' | 'json'): Promise<string[]> {
  daemon = await Daemon.start({ settings: { LOGGER_LEVEL: 'debug', LOGGER_FORMAT: format } });
  await sendFromBroker();
  for (const port of [daemon.publicPort, daemon.adminPort]) await sendOverHttp(port);
  await sendOverWebSockets();
  await daemon.stop();
  return daemon.output.split('\n').filter((line) => line !== '');
}

async function sendFromBroker(): Promise<void> {
  const broker = await FakeBroker.connect(daemon.zeromq);
  for (const text of [...HOSTILE, LONG, LONG.slice(0, 60_000)]) {
    await broker.send(text, 'STARTED');
    await broker.send('job', text);
    await broker.send('job', 'TASK', text, text);
    await broker.send(text);
    await broker.send('0', 'exit', text);
    await broker.send(Buffer.from(`${text}\xff`, 'latin1'), 'STARTED');
  }
  broker.close();
}

const FIELDS = [
  'Host',
  'Origin',
  'Authorization',
  'Accept',
  'Last-Event-ID',
  'X-Forwarded-For',
  'Forwarded',
].concat([
  'X-Forwarded-Host',
  'Producer-Id',
  'Content-Type',
  'Sec-Fetch-Site',
  'User-Agent',
  'If-None-Match',
  'X-Any',
]);

async function sendOverHttp(port: number): Promise<void> {
  for (const text of [...HOSTILE, LONG]) {
    const id = encodeURIComponent(text);
    for (const method of ['GET', 'POST', 'DELETE']) {
      const json = 'Content-Type: application/json\r\n';
      const body = JSON.stringify({ command: text, [text]: text });
      await exchange(port, `${method} /channels/${id} HTTP/1.1\r\nHost: x\r\n${json}`, body);
      await exchange(port, `${method} /${id}?${id}=${id} HTTP/1.1\r\nHost: x\r\n`, '');
    }
    await exchange(port, 'PUT /log-level HTTP/1.1\r\nHost: x\r\n', JSON.stringify({ level: text }));
    const raw = Buffer.from(text.slice(0, 12_000)).toString('latin1');
    for (const field of FIELDS)
      await exchange(port, `GET /channels/job HTTP/1.1\r\n${field}: ${raw}\r\n`, '');
    await exchange(port, `${raw} / HTTP/1.1\r\nHost: x\r\n`, '');
    await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\n${raw}: 1\r\n`, '');
  }
}

/** Sends a request, and reads the beginning of the answer. Stops when the monitor closes the connection. */
async function exchange(port: number, head: string, body: string): Promise<void> {
  const bytes = Buffer.from(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`, 'latin1');
  const socket = sendRaw(`http://127.0.0.1:${port}`, Buffer.concat([bytes, Buffer.from(body)]));
  // `once` rejects when the monitor closes the connection before it has read all.
  await Promise.allSettled([Promise.race([once(socket, 'data'), once(socket, 'close')])]);
  socket.destroy();
}

async function sendOverWebSockets(): Promise<void> {
  for (const text of [...HOSTILE, LONG]) {
    const id = encodeURIComponent(text.slice(0, 12_000));
    const clients = [
      new TestClient(daemon.ws, { firstMessage: text }),
      new TestClient(`${daemon.ws}/channels/${id}`),
      new TestClient(`${daemon.ws}/${id}?after=${id}`),
    ];
    for (const { socket } of clients) socket.on('open', () => socket.close(3000, text.slice(0, 60)));
    await Promise.allSettled(clients.map(({ closed }) => closed));
    const field = `Sec-WebSocket-Protocol: token.${Buffer.from(text.slice(0, 12_000)).toString('latin1')}`;
    await exchange(daemon.publicPort, handshake('/').replace('\r\n\r\n', `\r\n${field}\r\n`), '');
  }
}

function expectHarmless(lines: readonly string[]): void {
  expect(lines.length).toBeGreaterThan(HOSTILE.length);
  expect(lines.filter((line) => HARMFUL.test(line))).toEqual([]);
  expect(lines.filter((line) => line.length > LONGEST_LINE).map((line) => line.slice(0, 200))).toEqual([]);
}

describe('what clients and the broker send can forge no line and hide none', () => {
  it('in the log as text', async () => {
    const lines = await linesOf('text');
    expectHarmless(lines);
    expect(lines.filter((line) => !new RegExp(`^(${LINE_HEAD}| {4})`).test(line))).toEqual([]);
    expect(lines.filter((line) => new RegExp(`^${LINE_HEAD} \\[ERROR\\]`).test(line))).toEqual([]);
    expect(lines.some((line) => line.includes(FORGED))).toBe(true);
  });

  it('in the log as JSON', async () => {
    const lines = await linesOf('json');
    expectHarmless(lines);
    const records = lines.map((line) => JSON.parse(line) as { level: string; message: string });
    expect(records.filter(({ level }) => /error/i.test(level))).toEqual([]);
    expect(records.filter(({ message }) => message.includes(FORGED))).toEqual([]);
  });
});
