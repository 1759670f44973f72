import { setTimeout } from 'node:timers/promises';
import { MESSAGE_BYTES } from '../load/message.js';
import { ceiling, type Scenario } from './scenario.js';
import { REST } from './throughput.js';

const CLIENTS = 10;
const STALLED = 20;
const MIB = 1024 * 1024;

// Part of the messages that goes, before, to as many clients with none stalled beside them: twice, because the first
// time the code is not yet compiled.
const ALONE = 0.1;

/**
 * Clients who never read beside some who do: they must cost neither memory nor the others' pace. The other targets get a
 * quarter of the messages, because they take their time.
 */
export function stalled(messages: number): Scenario {
  const title = `stalled: ${STALLED} of ${STALLED + CLIENTS} clients never read ${messages.toLocaleString('en')} messages`;
  return {
    name: 'stalled',
    needs: { channelMessages: messages * 2, totalBytes: messages * MESSAGE_BYTES * 4 },
    metrics: [
      {
        key: 'growth',
        title: `${title}, memory beyond the log`,
        unit: 'MiB',
        better: 'less',
        goals: [ceiling(40)],
      },
      { key: 'rate', title: `${title}, the others`, unit: 'deliveries/s', better: 'more' },
      { key: 'pace', title: 'stalled: pace of the others against none stalled', unit: '%', better: 'more' },
    ],
    async run(server, load) {
      const count = server.target === 'ours' ? messages : messages / 4;
      const alone = { prefix: 'alone', channels: 1, messages: count * ALONE };
      await load.order('connect', { group: 'alone', channels: 1, clients: CLIENTS });
      await setTimeout(REST);
      await load.order('publish', alone);
      const free = await load.order('publish', alone);
      await load.order('connect', { group: 'flow', channels: 1, clients: CLIENTS });
      await load.order('connect', {
        group: 'stalled',
        prefix: 'flow',
        channels: 1,
        clients: STALLED,
        stalled: true,
      });
      await setTimeout(REST);
      const before = server.process.usage();
      const flowed = await load.order('publish', { prefix: 'flow', channels: 1, messages: count });
      const after = server.process.usage();
      const rate = flowed.deliveries / flowed.seconds;
      return {
        growth: (after.rss - before.rss - count * MESSAGE_BYTES) / MIB,
        rate,
        pace: (100 * rate) / (free.deliveries / free.seconds),
      };
    },
  };
}
