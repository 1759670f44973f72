import { afterEach, describe, expect, it } from 'vitest';
import { JSON_TYPE } from '../fixtures/accept.js';
import { readToClose, sendRaw, statusesIn } from '../fixtures/raw-http.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const HEAD = 'GET /channels/x HTTP/1.1\r\nHost: x\r\n';
const SUMMARY = `${HEAD}Accept: application/json\r\n\r\n`;
const NO_HOST = 'GET /channels/x HTTP/1.1\r\n\r\n';
const EXPECTATION = `${HEAD}Expect: the unexpected\r\n\r\n`;
const STREAM = `${HEAD}Accept: text/event-stream\r\n\r\n`;

const running = setUpMonitor();

describe('invalid input over HTTP', () => {
  afterEach(async () => {
    const id = await running.playNew('STARTED');
    expect((await running.request(`/channels/${id}`, JSON_TYPE)).status).toBe(200);
  });

  it.each([
    ['no Host', NO_HOST, ['400']],
    ['no Host, twice', NO_HOST + NO_HOST, ['400']],
    ['an unknown expectation', EXPECTATION, ['417']],
    [
      'a request head that is too long',
      `GET /channels/${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      ['431'],
    ],
    ['a stream after a stream', STREAM + STREAM, ['200']],
    ['another request after a stream', STREAM + SUMMARY, ['200']],
    ['no Host after a stream', STREAM + NO_HOST, ['200']],
    ['an unknown expectation after a stream', STREAM + EXPECTATION, ['200']],
    ['100-continue after a stream', `${STREAM}${HEAD}Expect: 100-continue\r\n\r\n`, ['200']],
    ['CONNECT after a stream', `${STREAM}CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n`, ['200']],
    ['an upgrade after a stream', `${STREAM}${HEAD}Connection: upgrade\r\nUpgrade: h2c\r\n\r\n`, ['200']],
    ['an invalid head after a stream', `${STREAM}GET / HTTP/1.1\r\nHo st: x\r\n\r\n`, ['200']],
    [
      'a body that is too short after a stream',
      `${STREAM}POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n`,
      ['200'],
    ],
  ])('costs only one connection: %s', async (_, bytes, statuses) => {
    expect(await statusesAfter(bytes)).toEqual(statuses);
  });

  it('a client that sends a request before the response to the last one is disconnected', async () => {
    expect(await statusesAfter(SUMMARY + SUMMARY)).toEqual([]);
    expect(await statusesAfter(SUMMARY + STREAM + SUMMARY)).toEqual([]);
  });
});

/** The statuses of all responses until the connection is closed. */
async function statusesAfter(bytes: string): Promise<string[]> {
  return statusesIn(await readToClose(sendRaw(running.monitor.http, bytes)));
}
