import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { channelUrl, watch } from '../../client/client.js';
import { CuttingProxy } from '../fixtures/client/cutting-proxy.js';
import { drain, playTasks, taskNames } from '../fixtures/client/play-tasks.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

it.each(['websocket', 'sse', 'auto'] as const)(
  'the transport %s loses and repeats no message while 20 connections are cut',
  async (transport) => {
    const { monitor, broker } = running;
    let run = 0;
    const cuts = fc.array(fc.integer({ min: 1, max: 1200 }), { minLength: 20, maxLength: 20 });
    const property = fc.asyncProperty(cuts, fc.nat(100), async (bytes, head) => {
      const id = `${transport}-${run++}`;
      const proxy = await CuttingProxy.start(monitor.http, bytes);
      await playTasks(broker, id, 1, head);
      const options = { WebSocket, transport, random: () => 0 };
      const all = drain(watch(channelUrl(proxy.http, id), options));
      await playTasks(broker, id, head + 1, 400);
      await broker.send(id, 'FINISHED');
      expect(await all).toEqual({ seen: [...taskNames(1, 400), 'FINISHED'], end: { reason: 'finished' } });
      expect(proxy.cut).toBe(20);
      proxy.close();
    });
    await fc.assert(property, { seed: 20261123, numRuns: 10, endOnFailure: true });
  },
);
