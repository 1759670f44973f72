import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handshake, readToClose, sendRaw, statusesIn, upgradeFields } from '../fixtures/raw-http.js';
import { Daemon } from './daemon.js';

const MESSAGE = '{"command":"STARTED"}';

/** A request that a proxy which forbids publishing would not let through. */
const SMUGGLED =
  'POST /channels/smuggled HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${MESSAGE.length}\r\n\r\n${MESSAGE}`;

const HEAD = 'POST /channels/visible HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
const GET = 'GET /health/live HTTP/1.1\r\nHost: x\r\n';
const EMPTY_CHUNKS = '0\r\n\r\n';

/** Requests whose end a proxy and the monitor could see at different places. */
const AMBIGUOUS: [string, string][] = [
  ['CL.TE', `${HEAD}Content-Length: 200\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNKS}`],
  ['TE.CL', `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${EMPTY_CHUNKS}`],
  ...[
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: chunked, chunked',
    'Transfer-Encoding: identity, chunked',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding: chunked;q=1',
    'Transfer-Encoding : chunked',
    ' Transfer-Encoding: chunked',
    'Transfer-Encoding: \x0bchunked',
    'Transfer-Encoding: chunked\x00',
    'Transfer-Encoding:\r\n chunked',
    'X: y\r\n Transfer-Encoding: chunked',
    'X: y\nTransfer-Encoding: chunked',
    'X: y\rTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
    'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
    'Transfer_Encoding: chunked',
    'Transfer-Encoding\x01: chunked',
  ].map((field): [string, string] => [
    `TE.TE ${JSON.stringify(field)}`,
    `${HEAD}Content-Length: 0\r\n${field}\r\n\r\n`,
  ]),
  ...[
    '0\r\nContent-Length: 200',
    '200\r\nContent-Length: 0',
    '0, 200',
    '+0',
    '-0',
    '0x0',
    '0 0',
    '0;',
    '',
    ' 0\x0b',
  ].map((length): [string, string] => [
    `Content-Length: ${length}`,
    `${HEAD}Content-Length: ${length}\r\n\r\n`,
  ]),
  ...['0x0', '-0', '+0', ' 0', '0 ;x', '0\n', '\r\n0', 'g', 'ffffffffffffffffff0', '0\r'].map(
    (size): [string, string] => [
      `chunk size ${JSON.stringify(size)}`,
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n${size}\r\n\r\n`,
    ],
  ),
  [
    'chunk extensions',
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'x=y;'.repeat(5000)}\r\n{\r\n${EMPTY_CHUNKS}`,
  ],
  ['a chunk extension with a line feed', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0;x\n\r\n\r\n`],
  ['a chunk without its end', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{0\r\n\r\n`],
  [
    'a trailer that changes the length',
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 200\r\n\r\n`,
  ],
  ['line feeds only', `${HEAD}Content-Length: 0\r\n\r\n`.replaceAll('\r\n', '\n')],
  ['a line feed after the request line', `${HEAD}Content-Length: 0\r\n\r\n`.replace('\r\n', '\n')],
  ['obs-fold', `${HEAD}Content-Length:\r\n 0\r\n\r\n`],
  ['HTTP/1.0 with chunks', `${HEAD.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNKS}`],
  ['HTTP/0.9', 'POST /channels/visible\r\n\r\n'],
  ['a GET with a body', `${GET}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
  ['two Hosts', `${GET}Host: y\r\n\r\n`],
  ['a pipelined request', `${GET}\r\n`],
  ['a pipelined request behind an upgrade to a WebSocket', handshake('/')],
  ['a pipelined request behind an unknown upgrade', `${GET}${upgradeFields('h2c')}\r\n`],
  ['a pipelined request behind an event stream', `GET /events HTTP/1.1\r\nHost: x\r\n\r\n`],
  ['a pipelined request behind CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
];

let daemon: Daemon;

beforeAll(async () => void (daemon = await Daemon.start()));
afterAll(() => daemon.kill());

async function smuggledExists(): Promise<boolean> {
  const { status } = await fetch(`http://127.0.0.1:${daemon.adminPort}/channels/smuggled`);
  return status === 200;
}

it('the request that is smuggled below would be answered', async () => {
  const answer = readToClose(sendRaw(`http://127.0.0.1:${daemon.adminPort}`, '').end(SMUGGLED));
  expect(statusesIn(await answer)).toEqual(['200']);
  expect(await smuggledExists()).toBe(true);
  await fetch(`http://127.0.0.1:${daemon.adminPort}/channels/smuggled`, { method: 'DELETE' });
  expect(await smuggledExists()).toBe(false);
});

describe.each(['public', 'admin'] as const)('no request hides in another: %s listener', (listener) => {
  function open(bytes: string): ReturnType<typeof sendRaw> {
    const port = listener === 'public' ? daemon.publicPort : daemon.adminPort;
    return sendRaw(`http://127.0.0.1:${port}`, Buffer.from(bytes, 'latin1'));
  }

  it.each(AMBIGUOUS)('%s', async (_, bytes) => {
    const text = await readToClose(open(bytes + SMUGGLED).end());
    expect(statusesIn(text).length).toBeLessThanOrEqual(1);
    expect(await smuggledExists()).toBe(false);
  });

  it('a request that arrives behind an open event stream ends the stream', async () => {
    const path = listener === 'public' ? '/channels/job' : '/events';
    const socket = open(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    await once(socket, 'data');
    const rest = readToClose(socket);
    socket.write(SMUGGLED);
    expect(statusesIn(await rest)).toEqual([]);
    expect(await smuggledExists()).toBe(false);
  });

  it('an ambiguous request ends the connection, so that no later bytes are a request', async () => {
    for (const [name, bytes] of AMBIGUOUS.slice(0, 2)) {
      const socket = open(bytes);
      expect([name, statusesIn(await readToClose(socket))]).toEqual([name, ['400']]);
    }
  });
});
