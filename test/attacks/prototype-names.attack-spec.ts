import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { JSON_TYPE } from '../fixtures/accept.js';
import { SseClient } from '../fixtures/sse-client.js';
import { TestClient } from '../fixtures/test-client.js';
import { inSeconds, useTokenKeys } from '../fixtures/token-keys.js';
import { Daemon } from './daemon.js';

/** Names that every object of JavaScript has, so that a look-up without care finds them. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
];

const keys = useTokenKeys();
const secret = 'abcdefghijklmnopqrstuvwxyz0123456789ABCD';
const key = keys.secret(secret);

let daemon: Daemon;
let broker: FakeBroker;

beforeAll(async () => {
  daemon = await Daemon.start();
  broker = await FakeBroker.connect(daemon.zeromq);
});
afterAll(() => {
  broker.close();
  daemon.kill();
});

function admin(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${daemon.adminPort}${path}`, init);
}

function publish(id: string, body: string): Promise<Response> {
  return admin(`/channels/${id}`, { method: 'POST', headers: { 'Content-Type': JSON_TYPE }, body });
}

async function summaryOf(id: string): Promise<object> {
  const response = await fetch(`${daemon.http}/channels/${id}`, { headers: { Accept: JSON_TYPE } });
  return (await response.json()) as object;
}

describe.each(NAMES)('a job with the name %s', (name) => {
  it('is unknown until it has a message, and then a channel like any other', async () => {
    expect(await summaryOf(name)).toMatchObject({ statusCode: 404 });
    expect((await admin(`/channels/${name}`)).status).toBe(404);
    const legacy = new TestClient(daemon.ws, { firstMessage: name });
    await legacy.opened();
    const stream = await SseClient.open(`${daemon.http}/channels/${name}`);
    await broker.send(name, 'TASK', name, 'COMPLETED');
    await broker.send(name, 'TASK', 'compile', name);
    await broker.send(name, name);
    expect((await legacy.received(3))[0]).toBe(
      `{"command": "TASK", "task_id": "${name}", "task_state": "COMPLETED"}`,
    );
    await stream.received(3);
    expect(await summaryOf(name)).toMatchObject({
      id: name,
      messages: 3,
      tasks: { completed: 1, failed: 0, skipped: 0 },
    });
    legacy.socket.terminate();
    stream.cut();
    expect((await admin(`/channels/${name}`, { method: 'DELETE' })).ok).toBe(true);
  });

  it('can be published to, with the same names of a producer', async () => {
    const headers = {
      'Content-Type': JSON_TYPE,
      'Producer-Id': name,
      'Producer-Epoch': '0',
      'Producer-Seq': '0',
    };
    const body = JSON.stringify({ command: 'TASK', task_id: name, task_state: 'FAILED' });
    const statuses = [];
    for (let i = 0; i < 2; i++)
      statuses.push((await admin(`/channels/${name}`, { method: 'POST', headers, body })).status);
    expect(statuses).toEqual([200, 204]);
    expect(await summaryOf(name)).toMatchObject({ messages: 1, tasks: { failed: 1 } });
  });

  it('is no key of a message: a command does not come from a prototype', async () => {
    const inherited = await publish('keys', `{"${name}":{"command":"STARTED"}}`);
    expect(inherited.status).toBe(400);
    const beside = await publish('keys', `{"command":"STARTED","${name}":{"task_id":"forged"}}`);
    if (beside.ok)
      expect(JSON.stringify(await (await admin('/channels/keys')).json())).not.toContain('forged');
    else expect(beside.status).toBe(400);
  });

  it('is an unknown key of a query and of a body, and no file', async () => {
    const statusOf = async (path: string, init?: RequestInit): Promise<number> =>
      (await admin(path, init)).status;
    for (const path of ['/channels', '/history'])
      for (const query of [`?${name}=1`, `?${name}[x]=1`, `?limit[${name}]=1`])
        expect([path, query, await statusOf(path + query)]).toEqual([
          path,
          query,
          expect.toBeOneOf([200, 400]),
        ]);
    for (const path of [`/api/${name}`, `/assets/${name}`, `/${name}`]) {
      expect(await statusOf(path)).toBe(404);
      expect((await fetch(daemon.http + path)).status).toBe(404);
    }
    const headers = { 'Content-Type': JSON_TYPE };
    for (const body of [`{"${name}":{"level":"debug"}}`, `{"level":"${name}"}`, `{"${name}":"debug"}`])
      expect(await statusOf('/log-level', { method: 'PUT', headers, body })).toBe(400);
  });
});

it('no name has changed all objects of the process', async () => {
  const status = (await (await admin('/status')).json()) as object;
  expect(JSON.stringify(status)).not.toContain('forged');
  expect((await admin('/metrics')).status).toBe(200);
  expect((await admin('/health/ready')).status).toBe(200);
  expect(daemon.output).not.toMatch(/\[ERROR\]/);
});

it('a claim with such a name permits nothing', async () => {
  const secured = await Daemon.start({ settings: { AUTH_KEYS: `HS256:${key.path}` } });
  try {
    for (const name of NAMES) {
      const payload = `{"exp":${inSeconds(60)},"${name}":{"channels":["*"],"exp":${inSeconds(60)}}}`;
      const token = signed(payload);
      const response = await fetch(`${secured.http}/channels/${name}`, {
        headers: { Accept: JSON_TYPE, Authorization: `Bearer ${token}` },
      });
      expect([name, response.status]).toEqual([name, expect.toBeOneOf([401, 403])]);
    }
  } finally {
    secured.kill();
  }
});

/** A valid token with this payload. `JSON.stringify` would leave out `__proto__`. */
function signed(payload: string): string {
  const [head, body] = ['{"alg":"HS256"}', payload].map((part) => Buffer.from(part).toString('base64url'));
  const signature = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${signature}`;
}
