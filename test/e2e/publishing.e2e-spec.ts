import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { MuteClient } from '../fixtures/mute-client.js';
import { sendRaw, statusesIn, readToClose } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { sampleValue } from '../metrics/exposition.js';

const running = setUpMonitor({ limits: { publish_bytes: 10_000 } });
const monitors = useMonitors();

interface Options {
  readonly to?: RunningMonitor;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** Publishes to a channel, by default one JSON message. */
async function publish(
  id: string,
  messages: unknown,
  { to = running, body, headers }: Options = {},
): Promise<{ status: number; json: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${to.monitor.admin}/channels/${encodeURIComponent(id)}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body ?? JSON.stringify(messages),
  });
  const text = await response.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: response.status, json, headers: response.headers };
}

function producer(epoch: number, seq: number): Record<string, string> {
  return { 'Producer-Id': 'ci', 'Producer-Epoch': String(epoch), 'Producer-Seq': String(seq) };
}

describe('published messages', () => {
  it('reach all clients like the messages of the broker, byte for byte', async () => {
    const [published, sent] = [running.freshId(), running.freshId()];
    const legacy = running.connectLegacy(published);
    const original = running.connectLegacy(sent);
    const stream = await running.connect(`/channels/${published}`).opened();
    const tasks = [
      ['STARTED'],
      ['TASK', 'žluť 😀', 'COMPLETED'],
      ['TASK', 'no state'],
      ['FINISHED'],
    ] as const;
    for (const task of tasks) await running.broker.send(sent, ...task);
    const messages = tasks.map(([command, task_id, task_state]) => ({ command, task_id, task_state }));
    const answer = await publish(published, messages);
    expect(answer).toMatchObject({ status: 200, json: { messages: 4 } });
    expect(await legacy.closed).toEqual({ code: 1000, reason: '' });
    await original.closed;
    expect(legacy.frames).toEqual(original.frames);
    expect((await stream.closed).code).toBe(1000);
    expect(stream.items().at(-1)!.id).toBe(answer.json['position']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('follow the messages of the broker on the same channel', async () => {
    const id = await running.playNew('STARTED', 'ENDED');
    const { json } = await publish(id, { command: 'UPLOADED' });
    expect(json['position']).toBe(running.summary(id)!.position);
    expect(running.summary(id)).toMatchObject({ messages: 3 });
  });

  it('may be NDJSON', async () => {
    const id = running.freshId();
    const answer = await publish(id, null, {
      body: '{"command":"STARTED"}\n{"command":"TASK","task_id":"a","task_state":"FAILED"}\n',
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    expect(answer).toMatchObject({ status: 200, json: { messages: 2 } });
    expect(running.summary(id)).toMatchObject({ tasks: { failed: 1 } });
  });

  it('may start the job anew after FINISHED', async () => {
    const id = running.freshId();
    const { json } = await publish(id, [{ command: 'FINISHED' }, { command: 'STARTED' }]);
    expect(running.summary(id)).toMatchObject({ position: json['position'], state: 'running', messages: 1 });
  });

  it('reach the channel whose id is percent-encoded', async () => {
    for (const id of ['a/b', 'žluť', '%', 'a b?c#d', 'client.js']) {
      expect((await publish(id, { command: 'STARTED' })).status).toBe(200);
      expect(running.summary(id)).toMatchObject({ id });
    }
  });

  it('are not accepted on the public listener', async () => {
    const id = running.freshId();
    const response = await fetch(`${running.monitor.http}/channels/${id}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"command":"STARTED"}',
    });
    expect(response.status).toBe(405);
    expect(running.summary(id)).toBeUndefined();
  });
});

describe('a refused request', () => {
  it('appends nothing, and says which message is invalid', async () => {
    const id = running.freshId();
    const { status, json } = await publish(id, [{ command: 'STARTED' }, { command: 1 }]);
    expect(status).toBe(400);
    expect(json).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'messages[1]: expected command to be a string, got 1',
    });
    expect(running.summary(id)).toBeUndefined();
  });

  it.each([
    ['an empty body', { body: '' }, 400],
    ['another content type', { headers: { 'Content-Type': 'text/plain' } }, 415],
    ['a compressed body', { headers: { 'Content-Encoding': 'gzip' } }, 415],
    ['one header of a producer', { headers: { 'Producer-Id': 'ci' } }, 400],
    ['a body above limits.publish_bytes', { body: ' '.repeat(10_001) }, 413],
    ['a page of another origin', { headers: { Origin: 'https://evil.example' } }, 403],
  ])('has %s', async (_name, options, status) => {
    const id = running.freshId();
    expect(await publish(id, { command: 'STARTED' }, options)).toMatchObject({
      status,
      json: { statusCode: status },
    });
    expect(running.summary(id)).toBeUndefined();
  });

  it('says which encodings are accepted', async () => {
    const compressed = { headers: { 'Content-Encoding': 'br' } };
    const { headers } = await publish('j', { command: 'STARTED' }, compressed);
    expect(headers.get('accept-encoding')).toBe('identity');
  });

  it.each(['x'.repeat(1025), '\u010d'.repeat(513)])('has a channel id that is too long', async (id) => {
    const { status, json } = await publish(id, { command: 'STARTED' });
    expect(status).toBe(400);
    expect(json['message']).toMatch(/^Expected a channel id of at most 1024 bytes .*, got 102/);
  });

  it.each(['/channels/%zz', '/channels/%ff'])('has a malformed channel id: %s', async (path) => {
    const response = await fetch(running.monitor.admin + path, { method: 'POST' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ statusCode: 400 });
  });

  it('has a chunked body above limits.publish_bytes, and is answered before its end', async () => {
    const chunk = `${(1000).toString(16)}\r\n${' '.repeat(1000)}\r\n`;
    const head = 'POST /channels/j HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const socket = sendRaw(running.monitor.admin, `${head}Transfer-Encoding: chunked\r\n\r\n`);
    const answered = once(socket, 'data');
    for (let i = 0; i < 11; i++) socket.write(chunk);
    expect(statusesIn(String((await answered)[0]))).toEqual(['413']);
    // The connection stays usable after the rest of the body.
    socket.write(`${chunk}0\r\n\r\n`);
    const second = once(socket, 'data');
    socket.write(`${head}Content-Length: 21\r\n\r\n{"command":"STARTED"}`);
    expect(statusesIn(String((await second)[0]))).toEqual(['200']);
    socket.destroy();
  });

  it('ends before its body is complete, and appends nothing', async () => {
    const id = running.freshId();
    const head = `POST /channels/${id} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n`;
    const refused = await outcomes('incomplete');
    const socket = sendRaw(
      running.monitor.admin,
      `${head}Content-Length: 100\r\n\r\n{"command":"STARTED"}\n`,
    );
    const closed = readToClose(socket);
    socket.end();
    await closed;
    await vi.waitFor(async () => expect(await outcomes('incomplete')).toBe(refused + 1));
    expect(running.summary(id)).toBeUndefined();
  });
});

describe('a producer', () => {
  it('can repeat a request, which is not appended again', async () => {
    const id = running.freshId();
    const first = await publish(id, { command: 'STARTED' }, { headers: producer(0, 0) });
    expect(first.status).toBe(200);
    expect(first.headers.get('producer-epoch')).toBe('0');
    expect(first.headers.get('producer-seq')).toBe('0');
    await publish(id, { command: 'TASK', task_id: 'a' }, { headers: producer(0, 1) });
    const repeated = await publish(id, { command: 'STARTED' }, { headers: producer(0, 0) });
    expect(repeated).toMatchObject({ status: 204, json: {} });
    expect(repeated.headers.get('producer-epoch')).toBe('0');
    expect(repeated.headers.get('producer-seq')).toBe('1');
    expect(running.summary(id)).toMatchObject({ messages: 2 });
  });

  it('does not start the job again by repeating its last request', async () => {
    const id = running.freshId();
    const job = [{ command: 'STARTED' }, { command: 'FINISHED' }];
    await publish(id, job, { headers: producer(0, 0) });
    const { position } = running.summary(id)!;
    expect((await publish(id, job, { headers: producer(0, 0) })).status).toBe(204);
    expect(running.summary(id)).toMatchObject({ position, state: 'finished' });
  });

  it('learns which request is missing', async () => {
    const id = running.freshId();
    await publish(id, { command: 'STARTED' }, { headers: producer(0, 0) });
    const { status, headers, json } = await publish(id, { command: 'TASK' }, { headers: producer(0, 2) });
    expect(status).toBe(409);
    expect(headers.get('producer-expected-seq')).toBe('1');
    expect(headers.get('producer-received-seq')).toBe('2');
    expect(json['message']).toMatch(/^Expected Producer-Seq 1, got 2: /);
    expect(running.summary(id)).toMatchObject({ messages: 1 });
  });

  it('learns that a new instance has started', async () => {
    const id = running.freshId();
    await publish(id, { command: 'STARTED' }, { headers: producer(0, 0) });
    expect((await publish(id, { command: 'TASK' }, { headers: producer(3, 0) })).status).toBe(200);
    const stale = await publish(id, { command: 'TASK' }, { headers: producer(0, 1) });
    expect(stale.status).toBe(403);
    expect(stale.headers.get('producer-epoch')).toBe('3');
    expect((await publish(id, { command: 'TASK' }, { headers: producer(4, 1) })).status).toBe(400);
    expect(running.summary(id)).toMatchObject({ messages: 2 });
  });

  it('can send an invalid request again after its correction', async () => {
    const id = running.freshId();
    expect((await publish(id, { command: 1 }, { headers: producer(0, 0) })).status).toBe(400);
    expect((await publish(id, { command: 'STARTED' }, { headers: producer(0, 0) })).status).toBe(200);
  });
});

describe('a shutdown', () => {
  it('refuses messages when the ROUTER closes, and delivers the messages that were accepted', async () => {
    const stopping = await monitors.start();
    const client = await stopping.connect('/channels/job').opened();
    // A client that does not answer the close prolongs the shutdown.
    const silent = await new MuteClient(Number(new URL(stopping.monitor.http).port), '/').connect();
    const accepted = await publish('job', { command: 'STARTED' }, { to: stopping });
    const closed = stopping.monitor.close();
    await once(silent, 'data');
    const refused = await publish('job', { command: 'TASK' }, { to: stopping, headers: producer(0, 0) });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    await closed;
    expect(client.items().map(({ id }) => id)).toEqual([accepted.json['position']]);
    silent.destroy();
  });

  it('does not append a body that arrives too late', async () => {
    const stopping = await monitors.start();
    const head = 'POST /channels/job HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const socket = sendRaw(stopping.monitor.admin, `${head}Content-Length: 21\r\n\r\n{"command":`);
    const silent = await new MuteClient(Number(new URL(stopping.monitor.http).port), '/').connect();
    const closed = stopping.monitor.close();
    await once(silent, 'data');
    const answer = once(socket, 'data');
    socket.write('"STARTED"}');
    expect(statusesIn(String((await answer)[0]))).toEqual(['503']);
    expect(stopping.summary('job')).toBeUndefined();
    await closed;
    silent.destroy();
    socket.destroy();
  });
});

it('is counted', async () => {
  const id = running.freshId();
  const before = await Promise.all([outcomes('appended'), outcomes('repeated'), outcomes('gap')]);
  const messages = await metric('published_messages_total');
  await publish(id, [{ command: 'STARTED' }, { command: 'TASK' }], { headers: producer(0, 0) });
  await publish(id, [{ command: 'STARTED' }, { command: 'TASK' }], { headers: producer(0, 0) });
  await publish(id, { command: 'TASK' }, { headers: producer(0, 5) });
  expect(await Promise.all([outcomes('appended'), outcomes('repeated'), outcomes('gap')])).toEqual(
    before.map((count) => count + 1),
  );
  expect(await metric('published_messages_total')).toBe(messages + 2);
  expect(await metric('producers')).toBeGreaterThan(0);
});

function outcomes(outcome: string): Promise<number> {
  return metric('publish_requests_total', { outcome });
}

async function metric(name: string, labels?: Record<string, string>): Promise<number> {
  const text = await (await fetch(`${running.monitor.admin}/metrics`)).text();
  return sampleValue(text, `recodex_monitor_${name}`, labels)!;
}
