import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { channelUrl, watch } from '../../client/client.js';
import { CuttingProxy } from '../client/cutting-proxy.js';
import { drain, play, tasks } from '../client/play.js';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';

let monitor: Monitor;
let broker: FakeBroker;

beforeAll(async () => {
  monitor = await startMonitor();
  broker = await FakeBroker.connect(monitor.endpoint);
});

afterAll(async () => {
  broker.close();
  await monitor.close();
});

it.each(['websocket', 'sse', 'auto'] as const)(
  '%s: nothing lost, nothing twice over 20 random cuts while messages flow',
  async (transport) => {
    let run = 0;
    const cuts = fc.array(fc.integer({ min: 1, max: 1200 }), { minLength: 20, maxLength: 20 });
    const property = fc.asyncProperty(cuts, fc.nat(100), async (bytes, head) => {
      const id = `${transport}-${run++}`;
      const proxy = await CuttingProxy.start(monitor.http, bytes);
      await play(broker, id, 1, head);
      const options = { WebSocket, transport, random: () => 0 };
      const all = drain(watch(channelUrl(proxy.http, id), options));
      await play(broker, id, head + 1, 400);
      await broker.send(id, 'FINISHED');
      expect(await all).toEqual({ seen: [...tasks(1, 400), 'FINISHED'], end: { reason: 'finished' } });
      expect(proxy.cut).toBe(20);
      proxy.close();
    });
    await fc.assert(property, { seed: 20261123, numRuns: 10, endOnFailure: true });
  },
);
