import { beforeAll, describe, expect, it } from 'vitest';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import { BROWSER, EVENTS, JSON_TYPE } from '../fixtures/accept.js';
import { firstBytes } from '../fixtures/raw-http.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const ACCEPTED = [JSON_TYPE, BROWSER, EVENTS, '*/*'];

const running = setUpMonitor();

beforeAll(() => running.play('job', 'STARTED'));

describe('a channel gives the same responses', () => {
  it.each([
    '/channels/job',
    '//channels/job',
    '///channels/job',
    '/monitor//channels/job',
    '/a//b/channels/job',
  ])('at %s', async (path) => {
    expect((await running.connect(path).received(1))[0]).toContain('"STARTED"');
    expect((await (await running.openEvents(path)).received(1))[0]!.data).toContain('"STARTED"');
    const json = await running.request(path, JSON_TYPE);
    expect(((await json.json()) as ChannelSummary).id).toBe('job');
    for (const method of ['GET', 'HEAD'])
      expect((await running.request(path, BROWSER, { method })).status).toBe(200);
    for (const type of [JSON_TYPE, EVENTS]) {
      const head = await running.request(path, type, { method: 'HEAD' });
      expect(head.headers.get('content-type')).toContain(type);
    }
    expect((await running.request(path, '*/*', { method: 'POST' })).status).toBe(405);
    const page = await (await running.request(path, BROWSER)).text();
    for (const [, asset] of page.matchAll(/(?:src|href)="\.\.\/([^"]+)"/g))
      expect((await running.request(path.replace('channels/job', asset!), '*/*')).status).toBe(200);
  });

  it('at a URL with scheme and host, as a proxy may send it', async () => {
    const head = `GET ${running.monitor.http}/channels/job HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n`;
    expect(await firstBytes(running.monitor.http, head)).toMatch(/^HTTP\/1\.1 200 [^]*"id":"job"/);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'client.js', 'assets', 'health', 'end'])(
    'for the id %s',
    async (id) => {
      const path = `/channels/${id}?__proto__=1&constructor=2&toString=3`;
      expect((await running.request(path, JSON_TYPE)).status).toBe(404);
      await running.play(id, 'STARTED');
      expect(await (await running.request(path, JSON_TYPE)).json()).toMatchObject({ id, messages: 1 });
      expect(await running.connectLegacy(id).received(1)).toEqual(['{"command": "STARTED"}']);
      expect(await (await running.openEvents(path)).received(1)).toMatchObject([{ event: 'message' }]);
    },
  );
});

describe('a path that is not the path of a channel', () => {
  it.each([
    '/Channels/job',
    '/CHANNELS/job',
    '/channels/job/',
    '//channels/job/',
    '/channels//job',
    '/channels',
    '/p/channels',
  ])('gives 404 over HTTP, and the legacy protocol over WebSocket: %s', async (path) => {
    for (const accept of ACCEPTED)
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const { status } = await running.request(path, accept, { method });
        expect([accept, method, status]).toEqual([accept, method, 404]);
      }
    expect(await running.connectLegacy('job', path).received(1)).toEqual(['{"command": "STARTED"}']);
  });

  it.each(['/channels/', '//channels/', '/p/channels/%zz', '/channels/%ff'])(
    'gives 400 over HTTP, and 1008 over WebSocket for an invalid id: %s',
    async (path) => {
      for (const accept of ACCEPTED)
        for (const method of ['GET', 'HEAD'])
          expect((await running.request(path, accept, { method })).status).toBe(400);
      expect(await running.connect(path).closed).toEqual({ code: 1008, reason: 'channel id' });
    },
  );
});
