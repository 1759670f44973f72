import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { LINE_HEAD } from '../fixtures/logger.js';
import { TestClient } from '../fixtures/test-client.js';

/** A part of everything that clients and the broker send. */
const SECRET = 'pa55phrase';

/** An id that ends a line, clears it, and begins a forged one. */
const HOSTILE_ID = `${SECRET}\n\u001b[2K\u2028[2026-01-01 00:00:00,000] [recodex-monitor] [INFO] forged`;

let daemon: BuiltDaemon | undefined;

afterEach(() => void daemon?.child.kill('SIGKILL'));

/** Runs a daemon while clients and a broker send the secret in every place. Resolves with its log. */
async function logOf(level: string): Promise<string> {
  const ports = await freePorts();
  daemon = BuiltDaemon.start(ports, {
    RECODEX_MONITOR_LOGGER_LEVEL: level,
    RECODEX_MONITOR_LIMITS_CONNECTIONS: '100',
  });
  await daemon.untilReady();
  await sendFromBroker(ports);
  await sendOverHttp(ports);
  await sendOverWebSockets(ports);
  await daemon.stop();
  return daemon.output;
}

async function sendFromBroker({ zeromq }: Ports): Promise<void> {
  const broker = await FakeBroker.connect(`tcp://127.0.0.1:${zeromq}`);
  await broker.send(`${SECRET}-job`, 'STARTED');
  await broker.send(HOSTILE_ID, 'TASK', SECRET, SECRET);
  await broker.send(`${SECRET}-alone`);
  await broker.send(Buffer.from(`${SECRET}\u00ff`, 'latin1'), 'STARTED');
  await broker.send(SECRET.repeat(200), 'STARTED');
  await broker.send('', SECRET);
  await broker.send('0', 'exit', SECRET);
  broker.close();
}

async function sendOverHttp({ admin, websocket }: Ports): Promise<void> {
  const job = encodeURIComponent(HOSTILE_ID);
  const headers = {
    Authorization: `Bearer ${SECRET}`,
    Cookie: SECRET,
    'X-Forwarded-For': SECRET,
    'Last-Event-ID': SECRET,
    'Producer-Id': SECRET,
    'User-Agent': SECRET,
  };
  const paths = [`/channels/${SECRET}-job`, `/channels/${job}`, `/${SECRET}/%ff`, `/channels/%ff${SECRET}`];
  for (const port of [websocket, admin])
    for (const path of [...paths, `/?token=${SECRET}`, `/api/${SECRET}%`, `/assets/${SECRET}%ff`])
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
        for (const type of ['application/json', SECRET])
          await exchange(
            port,
            [
              `${method} ${path} HTTP/1.1`,
              `Host: ${SECRET}`,
              ...fields({ ...headers, 'Content-Type': type }),
            ],
            `{"command":"${SECRET}","${SECRET}":`,
          );
  const level = JSON.stringify({ level: SECRET });
  const foreign = [`Origin: https://${SECRET}.example.org`, `Sec-Fetch-Site: ${SECRET}`];
  for (const port of [websocket, admin])
    await exchange(port, [`POST /channels/${SECRET} HTTP/1.1`, 'Host: a', ...foreign], '');
  await exchange(admin, ['PUT /log-level HTTP/1.1', 'Host: a', 'Content-Type: application/json'], level);
  await exchange(websocket, [`${SECRET} / HTTP/9`], '');
  await exchange(websocket, ['GET / HTTP/1.1', `${SECRET}\u0001: 1`], '');
  await fetch(`http://127.0.0.1:${admin}/channels/${SECRET}-job`, { method: 'DELETE' });
}

async function sendOverWebSockets({ websocket }: Ports): Promise<void> {
  const url = `ws://127.0.0.1:${websocket}`;
  const clients = [
    new TestClient(url, { firstMessage: `${SECRET}-job` }),
    new TestClient(url, { firstMessage: HOSTILE_ID }),
    new TestClient(url, { firstMessage: SECRET.repeat(200) }),
    new TestClient(`${url}/channels/${SECRET}`, { protocols: ['recodex.v1', `token.${SECRET}`] }),
    new TestClient(`${url}/channels/%ff${SECRET}`),
  ];
  await Promise.allSettled(clients.map((client) => Promise.race([client.roundTrip(), client.closed])));
  for (const { socket } of clients) socket.terminate();
  const upgrade = ['GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket'];
  await exchange(websocket, [...upgrade, `Sec-WebSocket-Key: ${SECRET}`, 'Sec-WebSocket-Version: 13'], '');
}

function fields(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

/** Sends one request, and reads the beginning of the answer. */
async function exchange(port: number, head: readonly string[], body: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${[...head, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`);
  await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.destroy();
}

describe('The log', () => {
  it('has nothing that clients and the broker send, but a hash of the id of a deleted channel', async () => {
    const log = await logOf('info');
    expect(log).toMatch(/An operator has deleted a channel channel=[0-9a-f]{8} /);
    expect(log.split('\n').filter((line) => line.includes(SECRET))).toEqual([]);
  });

  it('has ids at the level debug, with the same hash, and no forged line', async () => {
    const log = await logOf('debug');
    const [, hash] = /An operator has deleted a channel channel=([0-9a-f]{8}) /.exec(log)!;
    expect(log).toContain(`The deleted channel channel=${hash} id=${SECRET}-job`);
    expect(log).toContain(`Message channel=${SECRET}-job command=STARTED`);
    const odd = log
      .split('\n')
      .filter((line) => line !== '' && !new RegExp(`^(${LINE_HEAD}| {4})`).test(line));
    expect(odd).toEqual([]);
    expect(log).not.toMatch(new RegExp(`^${LINE_HEAD} \\[INFO\\] forged`, 'm'));
  });
});
