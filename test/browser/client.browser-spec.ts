import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { setUpPage } from './page-setup.js';
import { seededRandom } from './seeded-random.js';

const CUTS = 20;
const MESSAGES_PER_CUT = 20;

/** What the script in the tab has received. */
interface Received {
  ids: string[];
  resets: number;
  end?: string;
}

// The document of the tab is `/client.js`, which has a policy that forbids scripts.
const setup = setUpPage({}, { bypassCSP: true });
const random = seededRandom(1);

it.each(['websocket', 'sse'])(
  `the client library loses and repeats no message over a line that is cut ${CUTS} times (%s)`,
  async (transport) => {
    const { line, monitor, id } = setup;
    const { page } = await setup.openUrl(new URL('../client.js', line.url(id)).href);
    await page.evaluate(follow(line.url(id), transport));

    for (let cut = 0; cut < CUTS; cut++) {
      for (let i = 0; i < MESSAGES_PER_CUT; i++) await setup.play(['TASK', `${cut}.${i}`, 'COMPLETED']);
      const enough = cut * MESSAGES_PER_CUT + 1 + Math.floor(random() * MESSAGES_PER_CUT);
      await page.waitForFunction(`received.ids.length >= ${enough}`);
      line.cut();
      line.monitor = monitor.http;
    }
    await setup.play(['FINISHED']);

    const received = await receivedUntilEnd(page);
    expect([received.end, received.resets]).toEqual(['finished', 0]);
    expect(received.ids.map((position) => Number(position.split('-')[1]))).toEqual(
      Array.from({ length: CUTS * MESSAGES_PER_CUT + 1 }, (_, i) => i + 1),
    );
  },
);

it('the client library connects although a proxy removes the sub-protocols', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.send('{"id":"a-1","time":"2026-11-23T19:00:00.000Z","command":"FINISHED"}');
    socket.close(1000, 'finished');
  });
  const { page } = await setup.openUrl(`${setup.monitor.http}/client.js`);
  await page.evaluate(follow(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 'websocket'));
  expect(await receivedUntilEnd(page)).toEqual({ ids: ['a-1'], resets: 0, end: 'finished' });
  server.close();
});

async function receivedUntilEnd(page: Page): Promise<Received> {
  await page.waitForFunction('received.end');
  return page.evaluate<Received>('received');
}

// The script is text, because vitest would rewrite the import in a function. The delays are short, because 20 reconnects
// with the default ones take minutes.
function follow(url: string, transport: string): string {
  return `(async () => {
    const received = (globalThis.received = { ids: [], resets: 0 });
    const { watch } = await import(location.href);
    const stream = watch(${JSON.stringify(url)}, { transport: '${transport}', random: () => 0.01 });
    stream.addEventListener('message', ({ detail }) => received.ids.push(detail.id));
    stream.addEventListener('reset', () => received.resets++);
    stream.addEventListener('end', ({ detail }) => (received.end = detail.reason));
  })()`;
}
