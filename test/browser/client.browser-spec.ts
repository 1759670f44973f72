import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';
import { Chromium } from './chromium.js';
import { Line } from './line.js';

const CUTS = 20;
const MESSAGES_PER_CUT = 20;

/** What the script in the tab keeps. */
interface Seen {
  ids: string[];
  resets: number;
  end?: string;
}

let monitor: Monitor;
let broker: FakeBroker;
let chromium: Chromium;

beforeAll(async () => {
  monitor = await startMonitor();
  broker = await FakeBroker.connect(monitor.endpoint);
  chromium = await Chromium.start();
});

afterAll(async () => {
  await chromium.close();
  broker.close();
  await monitor.close();
});

describe('the client library in Chromium, over a line that is cut twenty times', () => {
  for (const transport of ['websocket', 'sse'] as const) {
    it(`loses nothing and repeats nothing (${transport})`, async () => {
      const id = `cut-${transport}`;
      const line = await Line.open(monitor.http);
      const { page } = await chromium.open(new URL('../client.js', line.url(id)).href);
      await page.evaluate(follow(line.url(id), transport));

      for (let cut = 0; cut < CUTS; cut++) {
        for (let i = 0; i < MESSAGES_PER_CUT; i++) await broker.send(id, 'TASK', `${cut}.${i}`, 'COMPLETED');
        // Somewhere within what was just sent.
        const enough = cut * MESSAGES_PER_CUT + 1 + Math.floor(Math.random() * MESSAGES_PER_CUT);
        await page.waitForFunction(
          (count) => (globalThis as unknown as { seen: Seen }).seen.ids.length >= count,
          enough,
        );
        line.cut();
        line.monitor = monitor.http;
      }
      await broker.send(id, 'FINISHED');
      await page.waitForFunction(() => (globalThis as unknown as { seen: Seen }).seen.end);

      const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
      expect(seen.end).toBe('finished');
      expect(seen.resets).toBe(0);
      const count = CUTS * MESSAGES_PER_CUT + 1;
      expect(seen.ids.map((position) => Number(position.split('-')[1]))).toEqual(
        Array.from({ length: count }, (_, i) => i + 1),
      );
      line.close();
    });
  }
});

it('the client library in Chromium connects where a proxy strips the sub-protocols', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.send('{"id":"a-1","time":"2026-11-23T19:00:00.000Z","command":"FINISHED"}');
    socket.close(1000, 'finished');
  });
  const { page } = await chromium.open(`${monitor.http}/client.js`);
  await page.evaluate(follow(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 'websocket'));
  await page.waitForFunction(() => (globalThis as unknown as { seen: Seen }).seen.end);
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
  expect(seen).toEqual({ ids: ['a-1'], resets: 0, end: 'finished' });
  await page.close();
  server.close();
});

// As text, because vitest would turn the import of a function into one of its own. Hardly any delay: 20 reconnects with
// the real jitter would take minutes.
function follow(url: string, transport: string): string {
  return `(async () => {
    const seen = (globalThis.seen = { ids: [], resets: 0 });
    const { watch } = await import(location.href);
    const stream = watch(${JSON.stringify(url)}, { transport: '${transport}', random: () => 0.01 });
    stream.addEventListener('message', ({ detail }) => seen.ids.push(detail.id));
    stream.addEventListener('reset', () => seen.resets++);
    stream.addEventListener('end', ({ detail }) => (seen.end = detail.reason));
  })()`;
}
